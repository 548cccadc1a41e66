package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.data.TaggedText;
import dev.albert4j.data.TaggedTextReader;
import dev.albert4j.metric.SpanReport;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
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
        SpanReport report = new Oracle(tokenizer, texts, maxLength).evaluate();
        assertThat(report.micro().f1()).as(report.toText()).isGreaterThanOrEqualTo(least);
    }
}
