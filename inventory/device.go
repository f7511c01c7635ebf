package inventory

import "fmt"

// Device is equipment that answers SNMP, ping or both.
type Device struct {
	ID           string   `yaml:"-"`
	Name         string   `yaml:"name" doc:"Free text; the id if left out."`
	Site         string   `yaml:"site,required" ref:"sites" doc:"Where it stands."`
	Address      string   `yaml:"address,required" format:"host" doc:"IP address or host name." example:"10.20.1.1"`
	Credential   string   `yaml:"credential" ref:"credentials.snmp" doc:"SNMP credential; given, the device is polled over SNMP."`
	Role         string   `yaml:"role" enum:"router|switch|firewall|server|access-point|codec|mcu|other" default:"other" doc:"What it is for."`
	Model        string   `yaml:"model" doc:"Model, to compare with what the device says."`
	Serial       string   `yaml:"serial" doc:"Serial number, to compare with what the device says."`
	Purchased    Date     `yaml:"purchased" doc:"Day or month of purchase." example:"2019-06"`
	EndOfSupport Date     `yaml:"end_of_support" doc:"Day or month in which support ends." example:"2027-01"`
	Price        *Money   `yaml:"price" doc:"What it cost."`
	Interfaces   []string `yaml:"interfaces" doc:"Further interfaces to poll, by ifName, ifAlias, ifDescr or ifIndex; those that links and uplinks name are polled anyway."`
	Probes       ProbeSet `yaml:"probes" doc:"Probes by name; left out: ping, and snmp where a credential is given."`
	Agents       []string `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Pos          Pos      `yaml:"-"`
}

func (d *Device) check(r *report) {
	if d.Name == "" {
		d.Name = d.ID
	}
	if !r.given("probes") {
		d.Probes = r.addDefault(d.Probes, kindPing)
		if r.given("credential") {
			d.Probes = r.addDefault(d.Probes, kindSNMP)
		}
	}
	r.probes(&d.Address, &d.Credential, d.Probes)
	if len(d.Interfaces) > 0 {
		if why := d.cannotRead(r.given("credential")); why != "" {
			r.problem("interfaces", "%s", why)
		}
	}
	if !d.EndOfSupport.IsZero() && !d.Purchased.Time.Before(d.EndOfSupport.End()) {
		r.problem("end_of_support", "the support ends before the purchase on %s", d.Purchased)
	}
}

// cannotRead says why the interfaces of the device cannot be read, or nothing.
func (d *Device) cannotRead(hasCredential bool) string {
	if !hasCredential {
		return fmt.Sprintf("device %s has no credential, so that its interfaces cannot be read: add credential: with the id of one that has snmp", d.ID)
	}
	for _, p := range d.Probes {
		if p.Kind == kindSNMP {
			return ""
		}
	}
	return fmt.Sprintf("device %s has no snmp probe, so that its interfaces cannot be read: add snmp: {} to its probes", d.ID)
}
