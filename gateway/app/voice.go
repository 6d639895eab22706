package app

import (
	"fmt"

	"jiebao/channels/voice"
	"jiebao/config"
)

func newVoice(c config.Account, p parts) (*voice.Adapter, error) {
	v := c.Voice
	if v == nil {
		return nil, fmt.Errorf("account %q: voice is needed: the voice service that candidates are called by", c.ID)
	}
	return voice.New(voice.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch,
		KeyID: v.KeyID, Secret: v.Secret.Reveal(), ShowNumber: v.ShowNumber, PlayTimes: v.PlayTimes,
		BaseURL: c.BaseURL, Templates: c.Templates, Keys: v.Keys,
		CallbackKey: v.CallbackKey.Reveal(), CallbackNetworks: v.CallbackNetworks,
		PerMinute: v.PerMinute, PerRecipient: v.PerRecipient,
	}, voice.Options{HTTPClient: p.client, Now: p.now, Log: p.log})
}
