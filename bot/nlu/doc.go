// Package nlu understands what candidates type: what they want (intents) and
// which day they mean (dates), in simplified and traditional Chinese,
// Cantonese, English and mixtures of them.
//
// An utterance passes through four steps, each a pure function:
//
//	normalise  one spelling: NFKC, simplified characters, written Chinese for Cantonese, typos
//	tokens     numbers, words of the date lexicon, everything else
//	parse      a syntax tree per date expression: point, offset, range, bound, holiday, lunar
//	resolve    the tree, today, the dates spoken of and the calendar give a DateExpr
//
// Intents are read clause by clause. A confirmation needs a clause that agrees
// and of which every word is known to be harmless, and no doubt anywhere in the
// message; a refusal needs a plain refusal of the job by the candidate, with
// nothing unknown before it and no other object after it. Conditions, hearsay
// and second thoughts hold for their whole sentence. When the rules are unsure
// they say so (Reading.Ambiguous) and leave it to the dialogue to ask.
//
// Words live in tables: lexicon_*.go for dates, signals_*.go for intents,
// rewrites.go for spellings, calendar/*.txt for official days off. To teach a
// sentence, add it to testdata/dates.tsv or testdata/intents.tsv with its label
// (or to neither.txt when it only sounds like yes or no), then grow a table or,
// rarely, a rule. The *_heldout.tsv files measure; nobody tunes to them. The
// frames of forms_test.go turn every labelled yes and no into one that is not.
//
// The package may import conversations, for its Date, the standard library
// except net, os and database/sql, and golang.org/x/text/unicode/norm. It never
// asks for the time.
package nlu
