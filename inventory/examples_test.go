package inventory_test

import (
	"os"
	"path/filepath"
	"testing"

	"wanwatch/inventory"
)

func TestExamplesLoad(t *testing.T) {
	for _, path := range examples(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			inv, err := inventory.Load(path, allKinds())
			if err != nil {
				t.Fatalf("\n%v", err)
			}
			if len(inv.Targets()) == 0 {
				t.Error("no targets")
			}
			if filepath.Base(path) == "quickstart.yaml" && len(inv.Warnings) > 0 {
				t.Errorf("the quick start warns: %v", inv.Warnings)
			}
		})
	}
}

// TestWholeExampleUsesEverySection keeps the large example complete.
func TestWholeExampleUsesEverySection(t *testing.T) {
	for _, path := range []string{"../examples/da-nang.yaml", "../examples/folder", "snippets"} {
		inv, err := inventory.Load(path, allKinds())
		if err != nil {
			t.Fatalf("\n%v", err)
		}
		for name, n := range map[string]int{
			"agents": len(inv.Agents), "providers": len(inv.Providers), "credentials": len(inv.Credentials), "sites": len(inv.Sites),
			"devices": len(inv.Devices), "links": len(inv.Links), "uplinks": len(inv.Uplinks), "endpoints": len(inv.Endpoints),
			"meetings": len(inv.Meetings), "maintenance": len(inv.Maintenance), "organization": len(inv.Organization),
		} {
			if n == 0 {
				t.Errorf("%s has no %s", path, name)
			}
		}
	}
}

func readFiles(t *testing.T, path string) []inventory.File {
	t.Helper()
	inv, err := inventory.Load(path, allKinds())
	if err != nil {
		t.Fatalf("\n%v", err)
	}
	var files []inventory.File
	for _, name := range inv.Files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, inventory.File{Name: name, Data: data})
	}
	return files
}

const docs = "../docs/inventory.md"

func TestDocsAreFresh(t *testing.T) {
	made := inventory.Markdown(allKinds())
	if *update {
		if err := os.WriteFile(docs, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != string(made) {
		t.Errorf("%s is not what the struct tags say: run go test ./inventory -run TestDocsAreFresh -update", docs)
	}
}
