package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.data.TaggedTextReader;
import dev.albert4j.metric.Report;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What words cost: the spans a model that is always right can name, through tokenizer, windows, tags and words. */
@Tag("shared")
class SpanOracleTest {
    @ParameterizedTest
    @CsvSource({
        "cluener/dev.jsonl, albert-zh, 512, 672, 0.996",
        "cluener/train.jsonl.gz, albert-zh, 512, 10748, 0.996",
        "weibo_ner/weiboNER_2nd_conll.dev, albert-zh, 512, 270, 0.996",
        "weibo_ner/weiboNER_2nd_conll.train, albert-zh, 512, 1350, 1.0",
        "msra_ner/dh_msra.txt.gz, albert-zh, 512, 55289, 0.996",
        "conll2003_en/dev.txt, albert-en, 512, 3250, 1.0",
        "conll2003_en/train.txt, albert-en, 512, 14041, 1.0",
        "conll2003_en/dev.txt, albert-en, 16, 3250, 1.0",
        "weibo_ner/weiboNER_2nd_conll.dev, albert-zh, 16, 270, 0.996",
    })
    void aModelThatIsAlwaysRightFindsNearlyAllSpans(
            String data, String tokenizerName, int maxLength, int numTexts, double least) throws IOException {
        Path shared = Path.of(System.getProperty("albert4j.shared", ""));
        Tokenizer tokenizer = Tokenizer.load(shared.resolve("tokenizers").resolve(tokenizerName));
        List<TaggedText> texts = TaggedTextReader.read(shared.resolve("data").resolve(data));
        assertThat(texts.size()).isEqualTo(numTexts);
        Report report = new Oracle(tokenizer, texts, maxLength).evaluate();
        assertThat(report.metric("micro_f1")).as(report.text()).isGreaterThanOrEqualTo(least);
    }

    @Test
    void loneWordMarksAndDroppedCharactersDoNotMoveSpans() throws IOException {
        Path shared = Path.of(System.getProperty("albert4j.shared", ""));
        Tokenizer tokenizer = Tokenizer.load(shared.resolve("tokenizers/albert-en"));
        String text = "  He met 中国人 (Zoe\u0308 O'Neil-Ünal)\tin ﬁnland … ½ 😀 x";
        Encoding encoding = tokenizer.encode(text);
        int mark = tokenizer.vocabulary().id("▁").orElseThrow();
        assertThat(Arrays.stream(encoding.ids()).filter(id -> id == mark)).isNotEmpty();
        List<Span> spans = Stream.of("中国人", "Zoe\u0308", "O'Neil-Ünal", "ﬁnland", "½", "😀")
                .map(name -> new Span("X", text.indexOf(name), text.indexOf(name) + name.length()))
                .toList();
        List<TaggedText> texts = List.of(new TaggedText(text, spans, 1));
        for (int maxLength : new int[] {64, 12, 5, 3}) {
            assertThat(new Oracle(tokenizer, texts, maxLength)
                            .recognizer().predict(text).stream().map(Entity::span))
                    .as("maxLength %d", maxLength)
                    .containsExactlyElementsOf(spans);
        }
    }
}
