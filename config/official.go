package config

// Official is one way by which the bank really speaks to candidates.
type Official struct {
	// Kind is what sort of way it is: [OfficialKinds] are possible.
	Kind string `koanf:"kind"`
	// Name is how candidates see it: an account's name, the number a text
	// message comes from, a telephone number, an address or a domain.
	Name string `koanf:"name"`
}

// OfficialKinds are the kinds of official ways.
func OfficialKinds() []string {
	return []string{"wechat", "wecom", "app", "sms", "phone", "email", "web"}
}

func (o Official) check(c *checker, at string) {
	c.oneOf(at+".kind", o.Kind, OfficialKinds()...)
	c.must(o.Name != "", at+".name", "must not be empty")
}
