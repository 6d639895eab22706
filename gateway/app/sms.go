package app

import (
	"fmt"

	"jiebao/channels/sms"
	"jiebao/config"
)

func newSMS(c config.Account, p parts) (*sms.Adapter, error) {
	if c.SMS == nil {
		return nil, fmt.Errorf("account %q: sms is needed: the providers that text messages are sent by", c.ID)
	}
	account := sms.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch,
		CallbackKey: c.SMS.CallbackKey.Reveal(), CallbackNetworks: c.SMS.CallbackNetworks,
		PerMinute: c.SMS.PerMinute, PerRecipient: c.SMS.PerRecipient,
	}
	for _, o := range c.SMS.Providers {
		account.Providers = append(account.Providers, sms.Provider{
			Kind: o.Kind, KeyID: o.KeyID, Secret: o.Secret.Reveal(), AppID: o.AppID, Region: o.Region,
			Sign: o.Sign, Extend: o.Extend, BaseURL: o.BaseURL, Templates: o.Templates,
		})
	}
	return sms.New(account, sms.Options{HTTPClient: p.client, Now: p.now, Log: p.log})
}
