package image_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/image"
	"gantry/ui/kit"
)

// scene is one registry that misbehaves, and how it is reached.
type scene struct {
	*testing.T
	env   *real.Env
	reg   *real.Server
	cfg   image.Config
	notes []string // what was said to hold the pull up
	hide  []string // addresses and their names in the sentence, in pairs
	at    string   // platform
}

// fault is a row of the table: what the registry does, and what a person reads.
type fault struct {
	name  string
	set   func(*scene) string // gives the reference; "" is REG/app
	keeps bool                // what has come is kept for the next try
	want  string              // the whole sentence; after a pull that went well what was said meanwhile, if that can be foreseen
	fine  bool                // the pull goes well
}

// table collects what was really on the screen.
type table struct {
	mu   sync.Mutex
	rows []string
}

func (tb *table) add(name, sentence string) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.rows = append(tb.rows, "| "+name+" | "+strings.ReplaceAll(sentence, "|", `\|`)+" |")
}

// kilobytes are sizes that differ a little from layer to layer.
var kilobytes = regexp.MustCompile(`[0-9.]+kB`)

// try lets one registry misbehave and looks at what is said, and at what stays.
func (f fault) try(t *testing.T, env *real.Env, tb *table) {
	s := &scene{T: t, env: env, reg: real.Registry(t)}
	s.cfg = image.Config{
		Snapshotter: env.Caps.Snapshotter, DockerConfigDir: t.TempDir(), HostDirs: []string{t.TempDir()}, Patience: patient(),
	}
	if strings.Contains(f.want, "500 ms") {
		s.cfg.Patience = brief()
	}
	ref := s.reg.Ref("app")
	if f.set != nil {
		if r := f.set(s); r != "" {
			ref = r
		}
	}
	s.hide = append(s.hide, s.reg.Addr, "REG", s.cfg.HostDirs[0], "CERTS.D", s.cfg.DockerConfigDir, "~/.docker")
	before := real.Count(t, env)
	r := &reports{t: t}
	_, err := image.New(env.Client, s.cfg).Pull(env.Context(t), ref, s.at, func(p api.PullProgress) {
		r.add(p)
		if p.Note != "" && (len(s.notes) == 0 || s.notes[len(s.notes)-1] != p.Note) {
			s.notes = append(s.notes, p.Note)
		}
	})
	said := kit.Explain(err).Line()
	if f.fine && err == nil {
		said = "(pulled) " + strings.Join(s.notes, "; ")
	}
	said = kilobytes.ReplaceAllString(strings.NewReplacer(s.hide...).Replace(said), "SIZE")
	tb.add(f.name, said)
	if f.fine != (err == nil) || said != f.want && f.want != "" {
		t.Errorf("\n said %s\n want %s\n from %v", said, f.want, err)
	}
	if last := r.last(); err != nil && len(r.all) > 0 && (last.Phase != api.PullFailed || last.Note != "" || last.BytesPerSec != 0) {
		t.Errorf("the last report: %+v", last)
	}
	var without []string
	if f.keeps {
		without = []string{"lease", "ingest"}
	}
	if f.fine {
		without = []string{"committed snapshot"}
	}
	real.Leftovers(t, env, before, without...)
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// app pushes an image of one small layer, or of the layers given, as REG/app.
func (s *scene) app(layers ...real.Layer) []real.Layer {
	s.Helper()
	if len(layers) == 0 {
		layers = []real.Layer{noise(s.T, "etc/noise", s.Name()+s.env.Namespace, 20_000)}
	}
	c := one(layers[0])
	c.Manifests[0].Layers = layers
	_, err := s.reg.PushContent(s.Context(), "app", c)
	s.must(err)
	return layers
}

// use lets the registry misbehave with a good image in it.
func use(m ...real.Middleware) func(*scene) string {
	return func(s *scene) string {
		s.app()
		s.reg.Use(s, m...)
		return ""
	}
}

// lie pushes an image whose manifest and config were changed after they were right.
func (s *scene) lie(change func(m *ocispec.Manifest, c *ocispec.Image)) {
	s.Helper()
	layer := noise(s.T, "etc/noise", s.Name()+s.env.Namespace, 20_000)
	d, err := s.reg.PushBlob(s.Context(), "app", ocispec.MediaTypeImageLayerGzip, layer.Gzip)
	s.must(err)
	c := ocispec.Image{Platform: host(), RootFS: ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{layer.DiffID()}}}
	m := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, Layers: []ocispec.Descriptor{d}}
	change(nil, &c)
	raw, err := json.Marshal(c)
	s.must(err)
	m.Config, err = s.reg.PushBlob(s.Context(), "app", ocispec.MediaTypeImageConfig, raw)
	s.must(err)
	change(&m, nil)
	raw, err = json.Marshal(m)
	s.must(err)
	s.reg.Use(s, real.On("/manifests/", real.Document(m.MediaType, raw)))
}

// manifest pushes an image with a changed manifest.
func manifest(change func(*ocispec.Manifest)) func(*scene) string {
	return func(s *scene) string {
		s.lie(func(m *ocispec.Manifest, _ *ocispec.Image) {
			if m != nil {
				change(m)
			}
		})
		return ""
	}
}

// login stores a login for the registry.
func (s *scene) login(entry string) { s.config(`{"auths":{"` + s.reg.Addr + `":` + entry + `}}`) }

func (s *scene) config(raw string) {
	s.must(os.WriteFile(filepath.Join(s.cfg.DockerConfigDir, "config.json"), []byte(raw), 0o600))
}

// certs writes a file of a registry's settings.
func (s *scene) certs(host, name, raw string) {
	dir := filepath.Join(s.cfg.HostDirs[0], host)
	s.must(os.MkdirAll(dir, 0o755))
	s.must(os.WriteFile(filepath.Join(dir, name), []byte(raw), 0o600))
}

// TestEveryFaultHasItsWords pulls from registries that misbehave in each way that is
// known, and prints the table of what a person reads.
func TestEveryFaultHasItsWords(t *testing.T) {
	env := real.Engine(t)
	tb := &table{}
	for i, f := range allFaults() {
		if testing.Short() && i%4 > 0 { // the race detector sees the same pull in all of them
			continue
		}
		t.Run(f.name, func(t *testing.T) { f.try(t, env, tb) })
	}
	t.Run("disk", func(t *testing.T) { diskFaults(t, tb) })
	t.Log("\n| registry fault | sentence on screen |\n|---|---|\n" + strings.Join(tb.rows, "\n"))
}

func allFaults() []fault {
	var all []fault
	for _, part := range [][]fault{nameFaults(), loginFaults(), busyFaults(), contentFaults(), wayFaults(), tlsFaults(), proxyFaults()} {
		all = append(all, part...)
	}
	return all
}

// diskFaults fill a disk of their own: while content comes, and while it is unpacked.
func diskFaults(t *testing.T, tb *table) {
	t.Helper()
	small := real.OwnEngine(t, "160m")
	for _, f := range []fault{
		{name: "disk full while downloading", set: func(s *scene) string {
			s.app(noise(s.T, "etc/noise", "disk", 6<<20))
			small.Fill(s, 3<<20)
			s.hide = append(s.hide, small.Config.DataRoot, "DATA")
			return ""
		}, want: "REG/app:latest could not be pulled: the disk is full: DATA/containerd (free some space; what was pulled so far is taken back)"},
		{name: "disk full while unpacking", set: func(s *scene) string {
			small.Fill(s, 8<<20)
			s.hide = append(s.hide, small.Config.DataRoot, "DATA")
			l, err := real.NewLayer([]real.File{{Path: "etc/bomb", Mode: 0o644, Body: bytes.Repeat([]byte{0}, 64<<20)}})
			s.must(err)
			s.app(l)
			return ""
		}, want: "REG/app:latest could not be pulled: the disk is full: DATA/containerd (free some space; what was pulled so far is taken back)"},
	} {
		t.Run(f.name, func(t *testing.T) { f.try(t, small.Env, tb) })
	}
}
