package grafana

import (
	"embed"
	"strings"

	"wanwatch/dashboards/texts"
)

//go:embed provisioning/*.yaml
var provisioning embed.FS

// Place says where Grafana finds things.
type Place struct {
	Source string // URL of wanwatch, or of a Prometheus that scrapes it
	Folder string // the dashboards' folder, as Grafana sees it
}

// DefaultPlace is Grafana beside wanwatch on one machine, installed as its packages
// install it.
func DefaultPlace() Place {
	return Place{Source: "http://127.0.0.1:9476", Folder: "/var/lib/grafana/dashboards/wanwatch"}
}

// Provisioning returns the files from which Grafana takes the data source and the
// dashboards, below its folder "provisioning".
func Provisioning(l texts.Language, p Place) ([]File, error) {
	list := []File{
		{Name: "datasources/wanwatch.yaml"},
		{Name: "dashboards/wanwatch.yaml"},
	}
	fill := strings.NewReplacer(
		"${WANWATCH_PROMETHEUS_URL}", p.Source,
		"/var/lib/grafana/dashboards/wanwatch", p.Folder,
		"folder: wanwatch", "folder: "+l.Say(texts.FolderName))
	for i := range list {
		folder, _, _ := strings.Cut(list[i].Name, "/")
		text, err := provisioning.ReadFile("provisioning/" + folder + ".yaml")
		if err != nil {
			return nil, err
		}
		list[i].Data = []byte(fill.Replace(string(text)))
	}
	return list, nil
}
