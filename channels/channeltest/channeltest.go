// Package channeltest is the conformance suite of adapters: what the core
// relies on, whatever the platform. An adapter's test brings its platform,
// usually a simulator, and a way to drive it:
//
//	channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform { … })
//
// A Gate and a Journal are what most of these platforms need besides.
//
// Imports: the standard library, conversations and channels.
package channeltest

import "testing"

// Run runs the tests of all that the platform can do, by what it says of itself.
// Its adapter's Description has to say the same, and what it says it cannot do
// has to be refused, so that nothing is left out by mistake. start makes a
// platform of its own for every test; its callbacks have to go to the address it
// is given.
func Run(t *testing.T, start func(t *testing.T, callbacks string) Platform) {
	can := newBench(t)
	can.stand(start(t, can.url))
	for _, c := range suite() {
		if !c.concerns(can.Platform) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.stand(start(t, b.url))
			b.begin(t)
			c.test(t, b)
			b.checkSecrets(t, b.logged())
		})
	}
}

// conformance is one test, and which platforms it concerns.
type conformance struct {
	name     string
	concerns func(p Platform) bool
	test     func(t *testing.T, b *bench)
}

func suite() []conformance {
	return []conformance{
		{"describes itself", all, testDescribe},
		{"says what was said", speaks, testSaid},
		{"keeps words as they are", speaks, testVerbatim},
		{"knows a message again", speaks, testAgain},
		{"refuses what is forged", func(p Platform) bool { return speaks(p) || p.Receipts != nil || len(p.Forge) > 0 }, testForged},
		{"refuses what is not signed", all, testUnsigned},
		{"is not fooled by a changed byte", func(p Platform) bool { return speaks(p) && !p.Unsigned }, testChangedBytes},
		{"signs nothing, as it says", func(p Platform) bool { return speaks(p) && p.Unsigned }, testSignsNothing},
		{"answers in the callback", rides, testRide},
		{"lets nothing ride that does not fit", rides, testTooLongToRide},
		{"says which choice was tapped", func(p Platform) bool { return p.Tap != nil }, testTap},
		{"sends texts as they are", takesWords, testSendVerbatim},
		{"sends the longest text and cuts none", takesWords, testLongTexts},
		{"refuses what it cannot send", all, testCannotSend},
		{"sends templates and reports receipts", func(p Platform) bool { return p.Template != nil }, testTemplate},
		{"sends a template once", func(p Platform) bool { return p.OnceTemplates }, testTemplateOnce},
		{"sends a text once", func(p Platform) bool { return p.OnceTexts }, testTextOnce},
		{"names the reason of a refusal", sendsAway, testRefusals},
		{"tells failed from unsure", sendsAway, testFailures},
		{"is unsure when the caller gives up", sendsAway, testStall},
		{"sends nothing once the caller gave up", all, testGaveUp},
	}
}

func all(Platform) bool          { return true }
func speaks(p Platform) bool     { return p.Say != nil }
func rides(p Platform) bool      { return p.Rides }
func takesWords(p Platform) bool { return !p.TemplatesOnly }
func sendsAway(p Platform) bool  { return p.Door == nil }
