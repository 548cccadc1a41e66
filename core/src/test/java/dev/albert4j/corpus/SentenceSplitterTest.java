package dev.albert4j.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentenceSplitterTest {
    @Test
    void aSentenceEndsAtAFullStopBeforeACapital() {
        assertThat(SentenceSplitter.split("It rained. We went home! Did you? \"Yes.\" He left."))
                .containsExactly("It rained.", "We went home!", "Did you?", "\"Yes.\"", "He left.");
    }

    @Test
    void quotesAndBracketsBehindTheStopBelongToTheSentence() {
        assertThat(SentenceSplitter.split("(He said \"go.\") She went. “So what?” Nothing."))
                .containsExactly("(He said \"go.\")", "She went.", "“So what?”", "Nothing.");
    }

    @Test
    void abbreviationsInitialsNumbersAndAddressesEndNoSentence() {
        for (String sentence : new String[] {
            "Mr. Brown met Dr. Jones and Mrs. Smith.",
            "J. S. Bach wrote it in Leipzig.",
            "It costs 3.50 or 1.000.000 in all.",
            "See example.com for more, e.g. Section 3.",
            "Wait... and then go on.",
            "The U.S. Army came.",
            "no stop at all"
        }) {
            assertThat(SentenceSplitter.split(sentence)).containsExactly(sentence);
        }
    }

    @Test
    void chineseSentencesEndWithoutWhiteSpace() {
        assertThat(SentenceSplitter.split("今天下雨。我们回家了！你呢？“好的。”他说……然后走了"))
                .containsExactly("今天下雨。", "我们回家了！", "你呢？", "“好的。”", "他说……", "然后走了");
        assertThat(SentenceSplitter.split("很好!下次再来.价格是3.5元")).containsExactly("很好!", "下次再来.", "价格是3.5元");
    }

    @Test
    void whiteSpaceAroundSentencesGoesAndNothingElse() {
        assertThat(SentenceSplitter.split("  One.   Two.\t")).containsExactly("One.", "Two.");
        assertThat(SentenceSplitter.split("   ")).isEmpty();
        assertThat(SentenceSplitter.split("...")).containsExactly("...");
    }

    @Test
    void aLongLineOfStopsTakesLinearTime() {
        assertThat(SentenceSplitter.split(".".repeat(1 << 20))).hasSize(1);
        assertThat(SentenceSplitter.split("a. ".repeat(1 << 18))).hasSize(1);
        assertThat(SentenceSplitter.split("A. ".repeat(1 << 18))).hasSize(1);
    }
}
