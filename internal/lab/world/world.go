// Package world describes who lives on a simulated network, and makes of it
// everything that a run needs: the plan that the network follows, the inventory
// that wanwatch watches, the routers that answer SNMP, the servers that take
// connections.
//
// A [World] is read from a YAML file (package plans holds those that ship) with
// the strictness of the inventory. [World.Build] is pure: the same file and
// date give the same network, to the last address.
package world

import (
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/inventory"
)

// World is an organization with its sites, lines and story.
type World struct {
	Organization string               `yaml:"organization,required" doc:"Whose network it is; plainly invented."`
	Timezone     string               `yaml:"timezone" default:"Asia/Ho_Chi_Minh" doc:"Zone of the working hours; left out: that of Viet Nam."`
	Language     string               `yaml:"language" enum:"vi|en" default:"vi" doc:"Language of what office users read."`
	Seed         uint64               `yaml:"seed" doc:"The same seed gives the same network."`
	Poll         time.Duration        `yaml:"poll" min:"1s" max:"1h" doc:"Interval of SNMP polls; left out: 30s."`
	Providers    map[string]*Provider `yaml:"providers" doc:"Who runs the lines, by id."`
	Hub          Hub                  `yaml:"hub,required" doc:"The site in the middle, where the prober stands."`
	Areas        map[string]*Area     `yaml:"areas" doc:"The other sites, by area."`
	Words        Words                `yaml:"words" doc:"What names of counted sites are made of."`
	Lines        map[string]*Line     `yaml:"lines" doc:"What joins each site to the hub, by id; a link's id is SITE-LINE."`
	Uplink       *Line                `yaml:"uplink" doc:"What joins each site to the internet; left out: only the hub has one."`
	Room         *Room                `yaml:"room" doc:"The conference room of each site; left out: none."`
	Meetings     map[string]*Meeting  `yaml:"meetings" doc:"Online conferences, by id."`
	Story        []*Scene             `yaml:"story" doc:"What happens, and when; a later scene wins over an earlier one."`
}

// Provider runs lines.
type Provider struct {
	Name    string `yaml:"name,required" doc:"Free text."`
	Hotline string `yaml:"hotline" doc:"Whom to call."`
}

// Hub is the site in the middle.
type Hub struct {
	ID     string `yaml:"id,required" doc:"Id of the site."`
	Name   string `yaml:"name,required" doc:"Free text."`
	Uplink *Line  `yaml:"uplink" doc:"Its internet uplink."`
	MCU    *Room  `yaml:"mcu" doc:"Its multipoint control unit."`
}

// Area is a group of sites: some by name, others by number.
type Area struct {
	Name  string        `yaml:"name,required" doc:"Free text."`
	Sites []string      `yaml:"sites" doc:"Names of its sites; their ids are made of them."`
	Count int           `yaml:"count" min:"0" max:"1000" doc:"How many more sites it has, named by words."`
	Delay time.Duration `yaml:"delay" min:"0s" max:"1s" doc:"One-way delay from the hub to the area, beyond that of the lines."`
}

// Words are what names of counted sites are made of: one of each list.
type Words struct {
	Kinds  []string `yaml:"kinds" doc:"Kinds of site, such as Xã."`
	First  []string `yaml:"first" doc:"First words."`
	Second []string `yaml:"second" doc:"Second words."`
}

// Line is a kind of link or uplink that sites have.
type Line struct {
	Name      string              `yaml:"name,required" doc:"Free text; the site's name follows."`
	Providers []string            `yaml:"providers,required" ref:"providers" doc:"Who runs it: by turns, site by site."`
	Role      string              `yaml:"role" enum:"main|backup" default:"main" doc:"Whether it carries the traffic."`
	Bandwidth []inventory.BitRate `yaml:"bandwidth,required" doc:"What was contracted: by turns, site by site."`
	Delay     time.Duration       `yaml:"delay" min:"0s" max:"1s" doc:"One-way delay of the nearest site."`
	Spread    time.Duration       `yaml:"spread" min:"0s" max:"1s" doc:"How much longer it takes to the farthest."`
	Jitter    *plan.Jitter        `yaml:"jitter" doc:"How the delay varies from packet to packet."`
	Loss      *inventory.Ratio    `yaml:"loss" doc:"Share of packets lost on an ordinary day."`
	Cost      float64             `yaml:"monthly_cost" min:"0" doc:"Cost a month of the smallest bandwidth, in VND."`
	Load      Load                `yaml:"load" doc:"Its traffic as shares of the bandwidth."`
}

// Load is the daily traffic of a line.
type Load struct {
	Night  inventory.Ratio `yaml:"night" doc:"Share of the bandwidth in use at night."`
	Peak   inventory.Ratio `yaml:"peak" doc:"Share of the bandwidth in use at the busiest hour of the busiest site; others use from half of it on."`
	Growth inventory.Ratio `yaml:"growth" doc:"Growth in a month."`
}

// Room is a conference endpoint.
type Room struct {
	Name          string            `yaml:"name,required" doc:"Free text; the site's name follows."`
	CallBandwidth inventory.BitRate `yaml:"call_bandwidth" doc:"What one call takes, each way."`
	Ports         []int             `yaml:"ports" min:"1" max:"65535" doc:"TCP ports that it answers at, and that are probed."`
	TLS           bool              `yaml:"tls" doc:"The first port speaks TLS."`
	Certificate   time.Duration     `yaml:"certificate" min:"0s" doc:"How long its certificate is still valid."`
	Gatekeeper    bool              `yaml:"gatekeeper" doc:"Of the MCU: it is the gatekeeper of all rooms, which are then probed over H.323 at their first port; a room's alias is the id of its site."`
}

// Meeting is an online conference of the MCU and some rooms, which begins some time
// after the start and again each hour.
type Meeting struct {
	At    time.Duration `yaml:"at" min:"0s" doc:"When it begins, after the start."`
	For   time.Duration `yaml:"for,required" min:"1m" doc:"How long it takes."`
	Sites []string      `yaml:"sites,required" doc:"Ids of the sites whose rooms take part."`
}

// Scene is something that happens to lines, rooms or uplinks. It wants exactly
// one of them.
type Scene struct {
	Note    string           `yaml:"note,required" doc:"What happens, for people."`
	At      time.Duration    `yaml:"at" min:"0s" doc:"When it begins, after the start."`
	For     time.Duration    `yaml:"for" min:"0s" doc:"How long it lasts; left out: to the end."`
	Every   time.Duration    `yaml:"every" min:"0s" doc:"It begins again each time that this has passed."`
	Over    time.Duration    `yaml:"over" min:"0s" doc:"Delay, jitter scale, loss and traffic change gradually over this time."`
	Lines   *Choice          `yaml:"lines" doc:"The lines that it happens to."`
	Rooms   *Choice          `yaml:"rooms" doc:"The rooms that it happens to."`
	Uplinks *Choice          `yaml:"uplinks" doc:"The uplinks that it happens to."`
	Traffic *inventory.Ratio `yaml:"traffic" doc:"Share of the bandwidth that the traffic grows to."`
	Both    plan.Conditions  `yaml:"both" doc:"Conditions in both directions."`
	Out     plan.Conditions  `yaml:"out" doc:"Conditions away from the hub."`
	Back    plan.Conditions  `yaml:"back" doc:"Conditions towards the hub."`
}

// Choice chooses: what fits all that is given.
type Choice struct {
	Sites     []string `yaml:"sites" doc:"Ids of sites."`
	Areas     []string `yaml:"areas" ref:"areas" doc:"Ids of areas."`
	Lines     []string `yaml:"lines" ref:"lines" doc:"Ids of lines."`
	Providers []string `yaml:"providers" ref:"providers" doc:"Ids of providers."`
}
