package dev.albert4j.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of the house, kept by machine; docs/architecture.md says why. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.albert4j");

    @Test
    void thereIsSomethingToCheck() {
        assertThat(ALL.contain("dev.albert4j.tokenize.Tokenizer")).isTrue();
        assertThat(ALL.contain("dev.albert4j.train.AlbertModel")).isTrue();
        assertThat(ALL.contain("dev.albert4j.onnx.OnnxEncoder")).isTrue();
        assertThat(ALL.contain("dev.albert4j.cli.Albert")).isTrue();
    }

    @Test
    void coreDependsOnNoOtherModule() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.albert4j.tokenize..",
                        "dev.albert4j.model..",
                        "dev.albert4j.io..",
                        "dev.albert4j.cpu..",
                        "dev.albert4j.task..",
                        "dev.albert4j.data..",
                        "dev.albert4j.corpus..",
                        "dev.albert4j.metric..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.albert4j.train..",
                        "dev.albert4j.onednn..",
                        "dev.albert4j.onnx..",
                        "dev.albert4j.cli..",
                        "dev.albert4j.checks..")
                .check(ALL);
    }

    @Test
    void raysNeverImportEachOther() {
        List<String> rays = List.of("dev.albert4j.train..", "dev.albert4j.onednn..", "dev.albert4j.onnx..");
        for (String ray : rays) {
            String[] others = rays.stream().filter(other -> !other.equals(ray)).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(ray)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(ALL);
        }
    }

    @Test
    void onnxRuntimeIsKnownToOnnxAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.albert4j.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(ALL);
    }

    @Test
    void nothingDependsOnTheCommandLineButChecks() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.albert4j.cli..", "dev.albert4j.checks..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.albert4j.cli..")
                .check(ALL);
    }

    @Test
    void nativeCodeIsKnownToTrainAndOnednnAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.albert4j.train..", "dev.albert4j.onednn..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(ALL);
    }

    @Test
    void theVectorApiIsKnownToOneClass() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.albert4j.cpu.VectorKernels")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .check(ALL);
    }

    @Test
    void ioKnowsNothingOfAlbert() {
        noClasses()
                .that()
                .resideInAPackage("dev.albert4j.io..")
                .should()
                .dependOnClassesThat(DescribedPredicate.<JavaClass>describe(
                        "are of another package of albert4j",
                        type -> type.getPackageName().startsWith("dev.albert4j.")
                                && !type.getPackageName().startsWith("dev.albert4j.io")))
                .check(ALL);
    }

    @Test
    void publicTypesAreFinalRecordsEnumsOrInterfaces() {
        classes()
                .that()
                .arePublic()
                .and()
                .haveNameNotMatching(".*\\.(KernelsBenchmark|jmh_generated\\.).*") // JMH extends them
                .should(new ArchCondition<JavaClass>("be final, an enum or an interface") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean fine = type.isInterface()
                                || type.isEnum()
                                || type.getModifiers().contains(JavaModifier.FINAL);
                        events.add(new SimpleConditionEvent(type, fine, type.getName() + " is open to inheritance"));
                    }
                })
                .check(ALL);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager|Factory)")
                .orShould()
                .haveNameMatching(".*\\.Abstract[^.]*")
                .check(ALL);
    }

    @Test
    void onlyTheCommandLineAndTheChecksPrintAndExit() {
        ArchRule rule = noClasses()
                .that()
                .resideOutsideOfPackages("dev.albert4j.cli..", "dev.albert4j.checks..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class);
        rule.check(ALL);
    }

    @Test
    void nobodyCallsTheGarbageCollector() {
        noClasses().should().callMethod(System.class, "gc").check(ALL);
    }

    @Test
    void thereIsNoPublicMutableStaticState() {
        fields().that().arePublic().and().areStatic().should().beFinal().check(ALL);
    }

    @Test
    void nativeTypesStayInsideTrain() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage("dev.albert4j.train..")
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .notHaveRawReturnType(DescribedPredicate.<JavaClass>describe(
                        "native",
                        type -> type.getPackageName().startsWith("org.bytedeco")
                                || type.getPackageName().startsWith("ai.onnxruntime")))
                .check(ALL);
    }
}
