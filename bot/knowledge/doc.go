// Package knowledge answers candidates' questions from approved texts, and
// says when it does not know.
//
// An Index is an immutable set of articles. Find reads a question the way it
// is typed in WeChat: simplified, traditional and Cantonese spellings are one
// (bot/nlu), synonyms of a subject are one word in Chinese and in English
// (words.go), and what is left of the Chinese is taken as pairs of characters,
// which needs no dictionary. Words weigh by how few articles have them; a word
// that no article has weighs most, because the question then asks about
// something nobody wrote about.
//
// The score of an article is the share of the question's weight that it deals
// with. It answers only if that is nearly all of it and the question names its
// subject; if the subject fits and something is left over, the dialogue asks
// back; otherwise nothing is known. A wrong answer is much worse than none:
// the thresholds were set on testdata/questions.tsv with that in mind, and
// testdata/heldout.tsv measures them.
//
// A general search engine with a CJK analyser ranks as well, but ranking is
// not the task: its scores are not comparable between questions, so that it
// cannot say that it does not know, and it brings some forty megabytes of
// modules for a few hundred short texts.
//
// Group puts questions together that ask the same, by the same words. Files
// reads articles from files.
//
// The package may import conversations, bot/nlu and the standard library, and
// is pure: it asks neither for the time nor for a file that it is not handed.
package knowledge
