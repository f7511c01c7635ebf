package inventory

// Site is an office.
type Site struct {
	ID        string  `yaml:"-"`
	Name      string  `yaml:"name" doc:"Free text; the id if left out."`
	Address   string  `yaml:"address" doc:"Postal address."`
	Region    string  `yaml:"region" doc:"Free text to group sites by: district, province."`
	Latitude  float64 `yaml:"latitude" min:"-90" max:"90" doc:"Degrees north, WGS 84."`
	Longitude float64 `yaml:"longitude" min:"-180" max:"180" doc:"Degrees east, WGS 84."`
	Contact   string  `yaml:"contact" doc:"Whom to call there."`
	Pos       Pos     `yaml:"-"`
}

// Agent is a program that probes.
type Agent struct {
	ID   string `yaml:"-"`
	Site string `yaml:"site,required" ref:"sites" doc:"Site at which the agent stands."`
	Name string `yaml:"name" doc:"Free text; the id if left out."`
	Pos  Pos    `yaml:"-"`
}

// Provider is a carrier or an internet service provider.
type Provider struct {
	ID      string `yaml:"-"`
	Name    string `yaml:"name" doc:"Free text; the id if left out."`
	Hotline string `yaml:"hotline" doc:"Telephone number for faults."`
	Email   string `yaml:"email" doc:"Address for faults."`
	Contact string `yaml:"contact" doc:"Person or office to ask for."`
	Pos     Pos    `yaml:"-"`
}

func (s *Site) check(r *report) {
	if s.Name == "" {
		s.Name = s.ID
	}
	r.together("latitude", "longitude")
}

func (a *Agent) check(*report) {
	if a.Name == "" {
		a.Name = a.ID
	}
}

func (p *Provider) check(*report) {
	if p.Name == "" {
		p.Name = p.ID
	}
}
