package fake

import "gantry/engine/option"

// FullDraft has a value in every row of the form that can hold one, three in a row that takes
// several: each as its option's example is, and what does not go together is in it too.
func FullDraft() option.Draft {
	var d option.Draft
	for _, o := range option.Table() {
		v := o.Example
		switch {
		case !o.Form || o.Positional:
			continue
		case o.Kind == option.KindBool:
			v = "true"
		case len(o.Choices) > 0:
			v = o.Choices[len(o.Choices)-1]
		case v == "":
			v = "1"
		}
		d.Set(o.Key, v)
		for i := range 2 {
			if o.Repeat {
				d.Add(o.Key, v+string(rune('a'+i)))
			}
		}
	}
	d.Set(option.KeyImage, "nginx:1.27")
	d.Set(option.KeyArgs, "sh", "-c", "sleep 10; echo the end")
	return d
}
