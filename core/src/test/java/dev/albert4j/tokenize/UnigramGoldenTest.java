package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every id and every offset of the reference cases: google-research's ids, Hugging Face's conventions for offsets. */
@Tag("shared")
class UnigramGoldenTest {
    private static Path shared() {
        String shared = System.getProperty("albert4j.shared", "");
        assertThat(shared).as("system property albert4j.shared").isNotEmpty();
        return Path.of(shared);
    }

    static Path spieceModel() {
        return shared().resolve("tokenizers/albert-en/spiece.model");
    }

    private static List<JsonNode> lines(String name) throws IOException {
        Path file = shared().resolve("golden/tokenizer/" + name + ".jsonl.gz");
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(json.readTree(line));
            }
        }
        return lines;
    }

    /** Ids and offsets of the tokens of one text, special ones left out: {@code 14 [0,3], …}. */
    private static List<String> expected(JsonNode line, int typeId) {
        List<String> tokens = new ArrayList<>();
        for (int k = 0; k < line.get("ids").size(); k++) {
            int id = line.get("ids").get(k).asInt();
            if (line.get("type_ids").get(k).asInt() == typeId && id != 2 && id != 3) {
                tokens.add(id + " " + line.get("offsets").get(k));
            }
        }
        return tokens;
    }

    private static List<String> cut(Segmenter segmenter, String text) {
        PieceList list = new PieceList();
        segmenter.segment(text, 0, text.length(), Integer.MAX_VALUE, list);
        List<String> tokens = new ArrayList<>();
        for (int k = 0; k < list.size; k++) {
            tokens.add(list.ids[k] + " [" + list.begins[k] + "," + list.ends[k] + "]");
        }
        return tokens;
    }

    @Test
    void everyTextIsCutAsGoogleCutsIt() throws IOException {
        Segmenter segmenter = UnigramSegmenter.load(spieceModel());
        List<JsonNode> lines = lines("en-texts");
        assertThat(lines).hasSize(1800);
        for (JsonNode line : lines) {
            String text = line.get("text").asText();
            assertThat(cut(segmenter, text)).as(text).isEqualTo(expected(line, 0));
        }
    }

    @Test
    void everyPairHasTheFirstTokensOfItsTexts() throws IOException {
        Segmenter segmenter = UnigramSegmenter.load(spieceModel());
        for (JsonNode line : lines("en-pairs")) {
            assertThat(cut(segmenter, line.get("text").asText()))
                    .startsWith(expected(line, 0).toArray(String[]::new));
            if (line.has("pair")) {
                assertThat(cut(segmenter, line.get("pair").asText()))
                        .startsWith(expected(line, 1).toArray(String[]::new));
            }
        }
    }

    @Test
    void everyWindowHasTokensOfItsTexts() throws IOException {
        Segmenter segmenter = UnigramSegmenter.load(spieceModel());
        for (JsonNode line : lines("en-windows")) {
            List<String> question = cut(segmenter, line.get("text").asText());
            List<String> context = cut(segmenter, line.get("pair").asText());
            for (JsonNode window : line.get("windows")) {
                assertThat(expected(window, 0)).isEqualTo(question);
                assertThat(context).containsSequence(expected(window, 1));
            }
        }
    }

    @Test
    void theModelIsSavedByteForByte(@TempDir Path directory) throws IOException {
        UnigramSegmenter.load(spieceModel()).save(directory);
        assertThat(directory.resolve("spiece.model")).hasSameBinaryContentAs(spieceModel());
    }
}
