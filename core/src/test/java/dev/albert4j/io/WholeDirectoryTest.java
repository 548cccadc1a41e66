package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeDirectoryTest {
    private static final Set<String> OWN = Set.of("a", "b");

    @TempDir
    Path parent;

    private void write(Path directory, boolean replaceable, String... names) throws IOException {
        WholeDirectory.write(directory, OWN, replaceable, aside -> {
            for (String name : names) {
                Files.writeString(aside.resolve(name), "new");
            }
        });
    }

    @Test
    void aNewDirectoryAndItsParentsAreMade() throws IOException {
        write(parent.resolve("x/y"), false, "a", "b");
        assertThat(parent.resolve("x/y")).isDirectoryContaining("glob:**a").isDirectoryContaining("glob:**b");
        assertThat(parent.resolve("x").toFile().list()).containsExactly("y");
    }

    @Test
    void aReplacedDirectoryKeepsWhatIsNotItsOwn() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("x"));
        Files.writeString(directory.resolve("b"), "old");
        Files.writeString(directory.resolve("notes"), "mine");
        Files.createDirectory(directory.resolve("logs"));
        Files.writeString(directory.resolve("logs/1"), "mine");
        write(directory, true, "a");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("a", "notes", "logs");
        assertThat(directory.resolve("logs/1")).hasContent("mine");
        assertThat(parent.toFile().list()).containsExactly("x");
    }

    @Test
    void filesOfItsOwnMayLieInDirectories() throws IOException {
        Path directory = parent.resolve("x");
        Set<String> own = Set.of("a", "part/config", "other/config");
        for (int i = 0; i < 2; i++) {
            WholeDirectory.write(directory, own, true, aside -> {
                Files.writeString(Files.createDirectory(aside.resolve("part")).resolve("config"), "new");
                Files.writeString(Files.createDirectory(aside.resolve("other")).resolve("config"), "new");
            });
        }
        assertThat(directory.resolve("part/config")).hasContent("new");
        Files.writeString(directory.resolve("part/notes"), "mine");
        WholeDirectory.write(directory, own, true, aside -> Files.writeString(aside.resolve("a"), "new"));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("a", "part");
        assertThat(directory.resolve("part").toFile().list()).containsExactly("notes");
        assertThat(parent.toFile().list()).containsExactly("x");
    }

    @Test
    void anotherDirectoryIsLeftAlone() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("x"));
        write(directory, false, "a"); // an empty one may be taken
        Files.writeString(directory.resolve("notes"), "mine");
        assertThatThrownBy(() -> write(directory, false, "b"))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is not empty");
        assertThatThrownBy(() -> write(directory.resolve("notes"), true, "b"))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is a file");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("a", "notes");
    }

    @Test
    void aFailureLeavesWhatWasThereAndNothingElse() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("x"));
        Files.writeString(directory.resolve("a"), "old");
        assertThatThrownBy(() -> WholeDirectory.write(directory, OWN, true, aside -> {
                    Files.writeString(aside.resolve("a"), "new");
                    Files.writeString(
                            Files.createDirectory(aside.resolve("part")).resolve("config"), "new");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(directory.resolve("a")).hasContent("old");
        assertThat(parent.toFile().list()).containsExactly("x");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("x"));
        Path link = Files.createSymbolicLink(parent.resolve("link"), directory);
        write(link, false, "a");
        assertThat(link).isSymbolicLink();
        assertThat(directory.resolve("a")).hasContent("new");
    }

    @Test
    void aFileInAMissingDirectoryOrInPlaceOfADirectoryIsRefused() {
        assertThatThrownBy(() -> WholeFile.write(parent.resolve("none/f"), channel -> {}))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("its directory does not exist");
        assertThatThrownBy(() -> WholeFile.write(parent, channel -> {})).hasMessageContaining("is a directory");
    }
}
