package app

import (
	"sync"
	"time"
	_ "time/tzdata" // candidates' time zones, wherever the gateway runs

	"jiebao/bot/people"
	"jiebao/config/policies"
	"jiebao/conversations"
)

// routes are the policies of how notifications leave.
type routes struct {
	section *policies.Section[conversations.RoutePolicy]
	zones   *sync.Map // by name; *time.Location, nil where there is none
}

func newRoutes(set *policies.Set) (routes, error) {
	section, err := policies.Read(set, sectionNotifications, people.Notifications.Check)
	if err != nil {
		return routes{}, err
	}
	return routes{policies.Convert(section, people.Notifications.Domain), &sync.Map{}}, nil
}

// For implements conversations.Routes.
func (r routes) For(branch string, p conversations.Position) conversations.RoutePolicy {
	policy, _ := r.section.For(branch, p.ID, p.Title)
	return policy
}

// Zone implements conversations.Routes.
func (r routes) Zone(name string) *time.Location {
	if zone, known := r.zones.Load(name); known {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		zone = nil
	}
	r.zones.Store(name, zone)
	return zone
}
