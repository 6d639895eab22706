package nlu

// Normaliser brings what people write into one spelling, for whoever looks for
// words: NFKC, lower case, simplified characters, written Chinese for
// Cantonese, known typos repaired. It may be shared between goroutines.
type Normaliser struct{ n *normaliser }

// NewNormaliser returns a Normaliser.
func NewNormaliser() *Normaliser { return &Normaliser{newNormaliser()} }

// Normal returns the text in its one spelling. What is longer than any channel
// carries is cut off.
func (n *Normaliser) Normal(text string) []rune {
	normal, _ := n.n.runes(text)
	return normal
}
