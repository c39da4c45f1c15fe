package option

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/docker/go-units"
	"github.com/moby/moby/api/types/blkiodev"

	"gantry/engine/api"
)

// blkio are the rows about reading from and writing to disks.
func blkio() []row {
	return []row{
		{
			Option: Option{
				Key: KeyBlkioWeight, Label: "I/O weight", Section: SectionAdvanced, Kind: KindNumber, Form: true,
				Value: "int", Example: "300", Help: "Its weight when disks are short, 10 to 1000; others have 500, and 0 sets none",
			},
			put:  putBlkioWeight,
			take: func(r *api.CreateRequest) []string { return text(countText(int64(r.HostConfig.BlkioWeight))) },
		},
		{
			Option: Option{
				Key: KeyBlkioWeightDevice, Label: "I/O weights", Section: SectionAdvanced, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "/dev/sda:200", Help: "Its weight at one disk: device:weight, 10 to 1000",
			},
			put:  putBlkioWeightDevice,
			take: takeBlkioWeightDevice,
		},
		throttle(KeyDeviceReadBps, "Read rate", "/dev/sda:10mb", "Most bytes a second that it may read from a device: device:size", bps,
			func(r *api.CreateRequest) *[]*blkiodev.ThrottleDevice { return &r.HostConfig.BlkioDeviceReadBps }),
		throttle(KeyDeviceWriteBps, "Write rate", "/dev/sda:10mb", "Most bytes a second that it may write to a device: device:size", bps,
			func(r *api.CreateRequest) *[]*blkiodev.ThrottleDevice { return &r.HostConfig.BlkioDeviceWriteBps }),
		throttle(KeyDeviceReadIOps, "Read ops", "/dev/sda:1000", "Most reads a second from a device: device:number", iops,
			func(r *api.CreateRequest) *[]*blkiodev.ThrottleDevice { return &r.HostConfig.BlkioDeviceReadIOps }),
		throttle(KeyDeviceWriteIOps, "Write ops", "/dev/sda:1000", "Most writes a second to a device: device:number", iops,
			func(r *api.CreateRequest) *[]*blkiodev.ThrottleDevice { return &r.HostConfig.BlkioDeviceWriteIOps }),
	}
}

// rate is how the number of a throttle is read and written.
type rate struct {
	parse func(string) (uint64, bool)
	text  func(uint64) string
	form  string // how it is written, for who wrote it otherwise
}

// The two kinds of rates; they are never changed.
var (
	bps = rate{
		parse: func(s string) (uint64, bool) {
			n, err := units.RAMInBytes(s)
			return uint64(n), err == nil && n >= 0 && n <= maxMemory
		},
		text: func(n uint64) string {
			if n == 0 {
				return "0"
			}
			return bytesText(int64(n))
		},
		form: "write <device-path>:<number>[<unit>], such as /dev/sda:10mb",
	}
	iops = rate{
		parse: func(s string) (uint64, bool) {
			n, err := strconv.ParseUint(s, 10, 63)
			return n, err == nil
		},
		text: func(n uint64) string { return strconv.FormatUint(n, 10) },
		form: "write <device-path>:<number>, such as /dev/sda:1000",
	}
)

// throttle is a row of devices with a rate each.
func throttle(key Key, label, example, help string, kind rate, of func(*api.CreateRequest) *[]*blkiodev.ThrottleDevice) row {
	return row{
		Option: Option{
			Key: key, Label: label, Section: SectionAdvanced, Kind: KindText, Repeat: true, Form: true,
			Value: "list", Example: example, Help: help,
		},
		put: func(b *build, v string) {
			dev, number, ok := b.device(v, kind.form)
			if !ok {
				return
			}
			n, ok := kind.parse(number)
			if !ok {
				b.refuse("invalid rate for device", kind.form)
				return
			}
			if !b.discarded(!b.lacks("blkio-throttle"), "block I/O limits of a device") {
				to := of(&b.req)
				*to = append(*to, &blkiodev.ThrottleDevice{Path: dev, Rate: n})
			}
		},
		take: func(r *api.CreateRequest) []string {
			var out []string
			for _, t := range *of(r) {
				out = append(out, t.Path+":"+kind.text(t.Rate))
			}
			return out
		},
	}
}

// device splits "device:number". A device's own name may hold a colon, a number cannot.
func (b *build) device(v, form string) (dev, number string, ok bool) {
	i := strings.LastIndexByte(v, ':')
	switch {
	case i <= 0:
		b.refuse("bad format", form)
	case !strings.HasPrefix(v, "/dev/"):
		b.refuse("bad format for device path", form)
	default:
		return v[:i], v[i+1:], true
	}
	return "", "", false
}

const (
	minWeight = 10
	maxWeight = 1000
)

func putBlkioWeight(b *build, v string) {
	n, ok := b.number(v, "300")
	switch {
	case !ok:
	case n != 0 && (n < minWeight || n > maxWeight):
		b.refuse("range of blkio weight is from 10 to 1000", "write 0 to set none")
	case n != 0 && b.discarded(!b.lacks("blkio-weight"), "block I/O weight"):
	default:
		b.host.BlkioWeight = uint16(n)
	}
}

func putBlkioWeightDevice(b *build, v string) {
	const form = "write <device-path>:<weight>, such as /dev/sda:200"
	dev, number, ok := b.device(v, form)
	if !ok {
		return
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n != 0 && (n < minWeight || n > maxWeight) {
		b.refuse("invalid weight for device: range of blkio weight is from 10 to 1000", form)
		return
	}
	if !b.discarded(!b.lacks("blkio-weight-device"), "block I/O weight of a device") {
		b.host.BlkioWeightDevice = append(b.host.BlkioWeightDevice, &blkiodev.WeightDevice{Path: dev, Weight: uint16(n)})
	}
}

func takeBlkioWeightDevice(r *api.CreateRequest) []string {
	var out []string
	for _, w := range r.HostConfig.BlkioWeightDevice {
		out = append(out, fmt.Sprintf("%s:%d", w.Path, w.Weight))
	}
	return out
}
