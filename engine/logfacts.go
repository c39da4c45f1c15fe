package engine

import (
	"fmt"
	"maps"
	"strings"
	"text/template"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/stdio/wire"
)

func (c *creation) logConfig() record.LogConfig {
	log := c.req.HostConfig.LogConfig
	if log.Type == "" {
		log.Type = wire.LogJSONFile
	}
	return record.LogConfig{Driver: log.Type, Opts: maps.Clone(log.Config), Address: c.l.end.Address}
}

// logFacts leaves for the logger what the log is to say of the container: the labels and
// variables that its options name, and its tag.
func (c *creation) logFacts() error {
	opts := c.req.HostConfig.LogConfig.Config
	f := wire.LogFacts{Name: c.name, Image: familiar(c.image.Name())}
	attrs := map[string]string{}
	labels := maps.Clone(c.config.Config.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, c.req.Config.Labels)
	for _, k := range commaList(opts["labels"]) {
		if v, ok := labels[k]; ok {
			attrs[k] = v
		}
	}
	env := map[string]string{}
	for _, e := range append(append([]string(nil), c.config.Config.Env...), c.req.Config.Env...) {
		k, v, _ := strings.Cut(e, "=")
		env[k] = v
	}
	for _, k := range commaList(opts["env"]) {
		if v, ok := env[k]; ok {
			attrs[k] = v
		}
	}
	var err error
	if f.Tag, err = c.logTag(opts["tag"]); err != nil {
		return err
	}
	if f.Tag != "" {
		attrs["tag"] = f.Tag
	}
	f.Attrs = attrs
	if err := wire.WriteLogFacts(c.l.records.Dir(c.id), f); err != nil {
		return fmt.Errorf("note what the log says of it: %w", err)
	}
	return nil
}

func commaList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

// logTag carries out the template that an entry's tag is made by, in Docker's words.
func (c *creation) logTag(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	flaw := func(err error) error {
		return api.FieldErrors{{Field: "log-opt", Value: "tag=" + text, Reason: "the tag is not a template: " + err.Error(), Fix: "write it like tag={{.Name}}/{{.ID}}"}}
	}
	t, err := template.New("tag").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", flaw(err)
	}
	image := c.image.Target().Digest.Encoded()
	var b strings.Builder
	err = t.Execute(&b, map[string]string{
		"ID": api.ShortID(c.id), "FullID": c.id, "Name": c.name, "DaemonName": "gantry",
		"ImageID": api.ShortID(image), "ImageFullID": image, "ImageName": familiar(c.image.Name()),
	})
	if err != nil {
		return "", flaw(err)
	}
	return b.String(), nil
}
