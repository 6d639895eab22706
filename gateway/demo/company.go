package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"jiebao/channels/wecom/wecomsim"
)

// Company is a company in WeCom with an app, whose members the candidates are,
// and with a 微信客服 account, which they reach from WeChat.
type Company struct {
	Sim      *wecomsim.Sim
	CorpID   string
	AgentID  int64
	OpenKfID string
	AppName  string
	KfName   string

	mu        sync.Mutex
	customers map[string]string // external_userid by person
}

// Apps are 企业微信, and the chat with 微信客服 in WeChat.
func (c *Company) Apps() []App { return []App{wecom{c}, kf{c}} }

// wecom is the self-built app in 企业微信.
type wecom struct{ *Company }

func (wecom) Name() string { return "wecom" }

// Join makes the person a member, who is known by their own id.
func (a wecom) Join(p Person) error {
	if _, err := a.Sim.Member(a.CorpID, p.ID); err == nil {
		return nil
	}
	_, err := a.Sim.AddMember(a.CorpID, p.ID, p.Name)
	return err
}

func (a wecom) View(p Person) View {
	v := View{Title: a.AppName}
	if m, err := a.Sim.Member(a.CorpID, p.ID); err == nil {
		v.Items = companyItems(m.Screen(a.AgentID), a.AppName)
	}
	return v
}

func (a wecom) Watch(ctx context.Context, _ Person, changed func()) { watch(ctx, a.Sim, changed) }

func (a wecom) Do(_ context.Context, p Person, g Gesture) error {
	m, err := a.Sim.Member(a.CorpID, p.ID)
	if err != nil {
		return err
	}
	switch g.Action {
	case "say":
		_, err = m.Say(a.AgentID, g.Text)
	case "tap":
		_, err = m.Tap(a.AgentID, g.Choice)
	default:
		err = errNoGesture
	}
	return err
}

// kf is a 微信客服 chat.
type kf struct{ *Company }

func (kf) Name() string { return "kf" }

// Join gives the person an external_userid.
func (a kf) Join(p Person) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := a.Sim.Customer(a.customers[p.ID]); err == nil {
		return nil
	}
	c, err := a.Sim.AddCustomer(a.CorpID, p.Name)
	if err != nil {
		return err
	}
	if a.customers == nil {
		a.customers = map[string]string{}
	}
	a.customers[p.ID] = c.ExternalUserID()
	return nil
}

func (a kf) customer(p Person) (*wecomsim.Customer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Sim.Customer(a.customers[p.ID])
}

func (a kf) View(p Person) View {
	v := View{Title: a.KfName}
	if c, err := a.customer(p); err == nil {
		v.Items = companyItems(c.Screen(a.OpenKfID), a.KfName)
	}
	return v
}

func (a kf) Watch(ctx context.Context, _ Person, changed func()) { watch(ctx, a.Sim, changed) }

func (a kf) Do(_ context.Context, p Person, g Gesture) error {
	c, err := a.customer(p)
	if err != nil {
		return err
	}
	switch g.Action {
	case "say":
		_, err = c.Say(a.OpenKfID, g.Text)
	case "tap":
		_, err = c.Tap(a.OpenKfID, g.Choice)
	case "scan":
		_, err = c.Enter(g.Text)
	default:
		err = errNoGesture
	}
	return err
}

// companyItems are what WeCom shows, under the name of whom it comes from.
func companyItems(screen []wecomsim.Shown, from string) []Item {
	var items []Item
	for _, s := range screen {
		i := Item{
			ID: strconv.FormatInt(s.Seq, 10), At: s.At, Type: "text", Mine: s.From == wecomsim.FromPerson,
			Quiet: s.From == wecomsim.FromSystem, Title: s.Title, Text: s.Text, Link: s.URL, Chosen: s.Chosen,
		}
		switch {
		case i.Quiet:
			i.Type = "notice"
		case strings.Contains(s.Type, "card"):
			i.Type = "card"
		case i.Mine && i.Text == "":
			i.Text = "[" + s.Type + "]"
		}
		if !i.Mine {
			i.From = from
		}
		for _, c := range s.Choices {
			i.Choices = append(i.Choices, Choice{c.ID, c.Text})
		}
		items = append(items, i)
	}
	return items
}

// companyState is what a restart keeps.
type companyState struct {
	Sim       json.RawMessage   `json:"sim"`
	Customers map[string]string `json:"customers"`
}

// Save keeps the platform for both apps.
func (a kf) Save() ([]byte, error) {
	sim, err := a.Sim.Save()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return json.Marshal(companyState{sim, maps.Clone(a.customers)})
}

// Load goes on where Save stopped, with the app's settings of now.
func (a kf) Load(state []byte) error {
	var st companyState
	if err := json.Unmarshal(state, &st); err != nil {
		return fmt.Errorf("reading the state of WeCom: %w", err)
	}
	settings, err := a.settings()
	if err != nil {
		return err
	}
	if err := a.Sim.Load(st.Sim); err != nil {
		return err
	}
	a.mu.Lock()
	a.customers = st.Customers
	a.mu.Unlock()
	return a.Sim.Configure(settings)
}

// settings are the app's, as they were given to the platform.
func (a kf) settings() (wecomsim.App, error) {
	saved, err := a.Sim.Save()
	if err != nil {
		return wecomsim.App{}, err
	}
	var st struct {
		Apps map[string]struct {
			Settings wecomsim.App `json:"settings"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(saved, &st); err != nil {
		return wecomsim.App{}, fmt.Errorf("reading the settings of WeCom: %w", err)
	}
	for _, app := range st.Apps {
		if app.Settings.CorpID == a.CorpID && app.Settings.AgentID == a.AgentID {
			return app.Settings, nil
		}
	}
	return wecomsim.App{}, errors.New("reading the settings of WeCom: the platform does not have the app")
}
