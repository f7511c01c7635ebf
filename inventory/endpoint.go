package inventory

// Endpoint is a part of the conference system: a room, an MCU, a gatekeeper, a
// server or a program on a computer.
type Endpoint struct {
	ID            string   `yaml:"-"`
	Name          string   `yaml:"name" doc:"Free text; the id if left out."`
	Site          string   `yaml:"site,required" ref:"sites" doc:"Where it stands."`
	Type          string   `yaml:"type" enum:"room|mcu|gatekeeper|server|software" default:"room" doc:"What it is."`
	Address       string   `yaml:"address,required" format:"host" doc:"IP address or host name." example:"10.20.1.50"`
	Credential    string   `yaml:"credential" ref:"credentials.snmp" doc:"SNMP credential; given, the endpoint may be polled over SNMP with probes: {snmp: {}}."`
	Probes        ProbeSet `yaml:"probes" doc:"Probes by name; left out: ping."`
	CallBandwidth BitRate  `yaml:"call_bandwidth" doc:"What one call of it takes, each way." example:"4Mbps"`
	CalendarNames []string `yaml:"calendar_names" doc:"What calendars call it, beside its id and its name: an address of mail, a name of a room."`
	Agents        []string `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Expect        string   `yaml:"expect" enum:"reachable|unreachable" default:"reachable" doc:"What is right; unreachable: an answer is the fault."`
	Pos           Pos      `yaml:"-"`
}

func (e *Endpoint) check(r *report) {
	if e.Name == "" {
		e.Name = e.ID
	}
	if !r.given("probes") {
		e.Probes = r.addDefault(e.Probes, kindPing)
	}
	r.probes(&e.Address, &e.Credential, e.Probes)
}
