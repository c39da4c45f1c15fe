package spec

import (
	"github.com/moby/moby/api/types/blkiodev"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
)

// blockIO are the weights and rates at disks. A device that is not there is a FieldErrors.
func (b *builder) blockIO() (*specs.LinuxBlockIO, error) {
	if !b.controls("io") {
		return nil, nil
	}
	out, h := specs.LinuxBlockIO{}, b.host
	if h.BlkioWeight > 0 {
		out.Weight = new(h.BlkioWeight)
	}
	var errs api.FieldErrors
	for i, w := range h.BlkioWeightDevice {
		d, err := b.stat(w.Path)
		if err != nil || d.Type != "b" {
			errs = append(errs, notABlockDevice("blkio-weight-device", i, w.Path, err)...)
			continue
		}
		weight := specs.LinuxWeightDevice{Weight: new(w.Weight)}
		weight.Major, weight.Minor = d.Major, d.Minor
		out.WeightDevice = append(out.WeightDevice, weight)
	}
	for _, t := range []struct {
		field string
		from  []*blkiodev.ThrottleDevice
		to    *[]specs.LinuxThrottleDevice
	}{
		{"device-read-bps", h.BlkioDeviceReadBps, &out.ThrottleReadBpsDevice},
		{"device-write-bps", h.BlkioDeviceWriteBps, &out.ThrottleWriteBpsDevice},
		{"device-read-iops", h.BlkioDeviceReadIOps, &out.ThrottleReadIOPSDevice},
		{"device-write-iops", h.BlkioDeviceWriteIOps, &out.ThrottleWriteIOPSDevice},
	} {
		for i, from := range t.from {
			d, err := b.stat(from.Path)
			if err != nil || d.Type != "b" {
				errs = append(errs, notABlockDevice(t.field, i, from.Path, err)...)
				continue
			}
			rate := specs.LinuxThrottleDevice{Rate: from.Rate}
			rate.Major, rate.Minor = d.Major, d.Minor
			*t.to = append(*t.to, rate)
		}
	}
	switch {
	case len(errs) > 0:
		return nil, errs
	case out.Weight == nil && out.WeightDevice == nil && out.ThrottleReadBpsDevice == nil && out.ThrottleWriteBpsDevice == nil &&
		out.ThrottleReadIOPSDevice == nil && out.ThrottleWriteIOPSDevice == nil:
		return nil, nil
	}
	return &out, nil
}

func notABlockDevice(field string, i int, path string, err error) api.FieldErrors {
	reason := path + " is not a block device"
	if err != nil {
		reason = deviceTrouble(path, err)
	}
	return refuse(field, i, path, reason)
}
