package app_test

import (
	"context"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// furnished is an engine with networks, volumes and images, some of them in use.
func furnished() *fake.Engine {
	e := populated()
	ctx := context.Background()
	for _, n := range []string{"front", "back"} {
		if _, err := e.CreateNetwork(ctx, api.NetworkCreate{Name: n}); err != nil {
			panic(err)
		}
	}
	for _, v := range []string{"data", "cache", ""} {
		if _, err := e.CreateVolume(ctx, api.VolumeCreate{Name: v, Labels: map[string]string{"tier": "db"}}); err != nil {
			panic(err)
		}
	}
	e.AddImage("nginx:1.27", api.ImageConfig{Cmd: []string{"nginx", "-g", "daemon off;"}, ExposedPorts: []string{"80/tcp"}, Env: []string{"NGINX_VERSION=1.27.0"}})
	e.AddImage("ghcr.io/example/tool:2", api.ImageConfig{Entrypoint: []string{"/tool"}})
	e.Add(api.Container{Name: "proxy", Image: "nginx:1.27", State: api.StateRunning, StartedAt: e.Now(), Networks: []string{"front"}})
	e.Clock().Advance(3 * time.Hour)
	return e
}

func TestNetworks(t *testing.T) {
	atSizes(t, "networks", furnished, func(w *world) { w.Press("2"); w.calm().Press("j", "j"); w.calm() })
}

func TestVolumes(t *testing.T) {
	atSizes(t, "volumes", furnished, func(w *world) { w.Press("3"); w.calm().Press("j", "z"); w.calm() })
}

func TestImages(t *testing.T) {
	atSizes(t, "images", furnished, func(w *world) { w.Press("4"); w.calm().Press("j"); w.calm() })
}

func TestImageInDetail(t *testing.T) {
	atSizes(t, "image", furnished, func(w *world) { w.Press("4"); w.calm().Press("j", "enter"); w.calm() })
}

func TestNewNetwork(t *testing.T) {
	atSizes(t, "network-new", furnished, func(w *world) { w.Press("2"); w.calm().Press("n") })
}

func TestNoVolumes(t *testing.T) {
	atSizes(t, "volumes-none", fake.New, func(w *world) { w.Press("3"); w.calm() })
}

func TestPruneVolumes(t *testing.T) {
	atSizes(t, "prune", furnished, func(w *world) { w.Press("3"); w.calm().Press("b"); w.calm() })
}

func TestNetworkIsMadeAndRemoved(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		flow(t, e, func(w *world) {
			w.Press("2")
			w.calm()
			w.Press("n").Type("apps").Press("ctrl+s")
			w.calm()
			w.Want("network apps was made", "▐Networks▌").WantNot("New network")
			if w.selected() != "apps" {
				t.Errorf("selected is %s:\n%s", w.selected(), w.Screen())
			}
			w.Press("d").Want("Remove network apps?")
			w.read().Press("right", "enter")
			w.calm()
			w.Want("network apps was removed")
			if !e.Called("RemoveNetwork apps") {
				t.Errorf("calls: %v", e.Calls())
			}
			w.Press("g", "/").Type("front").Press("enter")
			w.calm()
			w.Want("1 of 5").Press("d").Want("used by proxy")
			if e.Called("RemoveNetwork front") {
				t.Error("one in use was removed")
			}
			w.Press("esc").Want("5 ").Press("esc").Want("▐Containers▌")
		})
	})
}

func TestWhatTheEngineRefusesIsSaidAtItsField(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		e.FailCall("CreateNetwork", api.FieldErrors{{Field: "subnet", Value: "10/33", Reason: "is not a subnet", Fix: "write 10.9.0.0/16"}})
		flow(t, e, func(w *world) {
			w.Press("2")
			w.calm()
			w.Press("n").Type("apps").Press("tab", "tab").Type("10/33").Press("ctrl+s")
			w.calm()
			w.Want("New network", "10/33", "is not a subnet")
			e.FailCall("CreateNetwork", nil)
			w.Press("ctrl+s")
			w.calm()
			w.Want("network apps was made")
		})
	})
}

func TestVolumesArePrunedAfterAReview(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		flow(t, e, func(w *world) {
			w.Press("3")
			w.calm()
			w.Press("b")
			w.calm()
			w.Want("1 of 3", "4.1 kB in all")
			w.Press("tab", "enter")
			w.calm()
			w.Want("1 volume was removed")
			if left, _ := e.Volumes(t.Context()); len(left) != 2 {
				t.Errorf("left: %v", left)
			}
		})
	})
}

func TestAnImageIsPulledAndRun(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		e.OnPull("redis:7").Layers(1000)
		flow(t, e, func(w *world) {
			w.Press("4")
			w.calm()
			w.Press("P").Type("redis:7").Press("ctrl+s")
			w.calm()
			w.pass(2 * time.Second)
			w.Want("redis:7")
			if !e.Called("Pull redis:7") {
				t.Errorf("calls: %v", e.Calls())
			}
			w.Press("/").Type("redis").Press("enter", "n").Want("New container", "redis:7")
		})
	})
}

func TestAnImageIsRemovedUnlessContainersWereMadeOfIt(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		flow(t, e, func(w *world) {
			w.Press("4")
			w.calm()
			w.Press("d").Want("Remove image ghcr.io/example/tool:2?")
			w.read().Press("right", "enter")
			w.calm()
			w.Want("ghcr.io/example/tool:2 was removed")
			w.Press("d").Want("nginx:1.27: used by proxy, web")
			if all, _ := e.Images(t.Context()); len(all) != 1 {
				t.Errorf("left: %v", all)
			}
		})
	})
}

// Devices are completed from what vendors describe, and one that nobody does is told at its row.
func TestADeviceIsCompletedByItsName(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		e.AddDevices("nvidia.com/gpu=0", "nvidia.com/gpu=all")
		flow(t, e, func(w *world) {
			w.Press("n").Type("nginx:1.27").Press("ctrl+f").Type("--device").Press("enter").Type("nv")
			w.calm().Want("nvidia.com/gpu=0", "nvidia.com/gpu=all").Press("backspace", "backspace").Type("a.com/b=c")
			w.calm().Want("no vendor describes a device a.com/b=c")
		})
	})
}

func TestAVolumeIsMadeAndRemoved(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		flow(t, e, func(w *world) {
			w.Press("3")
			w.calm()
			w.Press("n").Type("data").Press("ctrl+s").Want("there is a volume of this name")
			w.Press("end").Type("2").Press("tab").Type("tier=web").Press("ctrl+s")
			w.calm()
			w.Want("volume data2 was made").WantNot("New volume")
			if v, err := e.Volume(context.Background(), "data2"); err != nil || v.Labels["tier"] != "web" {
				t.Errorf("made was %+v, %v", v, err)
			}
			if w.selected() != "data2" {
				t.Errorf("selected is %s:\n%s", w.selected(), w.Screen())
			}
			w.Press("d").Want("Remove volume data2?", "gone for good")
			w.read().Press("enter") // Cancel is what enter means
			w.calm()
			if e.Called("RemoveVolume data2") {
				t.Error("it was removed although that was not agreed to")
			}
			w.Press("d")
			w.read().Press("right", "enter")
			w.calm()
			w.Want("volume data2 was removed")
		})
	})
}

func TestNetworksAndImagesArePrunedAfterAReview(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := furnished()
		flow(t, e, func(w *world) {
			w.Press("2")
			w.calm()
			w.Press("b")
			w.calm()
			w.Want("Remove networks that nobody is on", "back").WantNot("[x] front", "[ ] front")
			w.Press("tab", "enter")
			w.calm()
			w.Want("1 network was removed")
			if !e.Called("RemoveNetwork back") || e.Called("RemoveNetwork front") || e.Called("RemoveNetwork bridge") {
				t.Errorf("calls: %v", e.Calls())
			}
			// Of images all stay until they are ticked.
			w.Press("4")
			w.calm()
			w.Press("b")
			w.calm()
			w.Want("Remove images that nobody uses", "tool:2", "0 of 1")
			w.Press("space", "tab", "enter")
			w.calm()
			w.Want("1 image was removed")
			if !e.Called("RemoveImage ghcr.io/example/tool:2") {
				t.Errorf("calls: %v", e.Calls())
			}
		})
	})
}
