#!/bin/sh
# Prints what a process finds in its container: a line "=== name" before each part. It reads and
# changes nothing, and makes as few processes as it can.
part() { echo "=== $1"; }
me=/proc/$$
part argv
tr '\0' '\n' <$me/cmdline
part init
[ $$ = 1 ] || tr '\0' '\n' <$me/../1/cmdline
part env
tr '\0' '\n' <$me/environ
part cwd
readlink $me/cwd
for f in status limits mountinfo oom_score_adj cgroup; do
	part $f
	cat $me/$f
done
part ns
ls -l $me/ns
part fd
for n in 0 1 2; do readlink $me/fd/$n; done
part dev
find /dev -name pts -prune -o -name shm -prune -o -exec stat -c '%n %A %u:%g %t:%T %N' {} +
for f in /etc/hosts /etc/resolv.conf /etc/hostname /sys/fs/cgroup/devices/devices.list /sys/fs/cgroup/memory/memory.oom_control; do
	part $f
	[ ! -r $f ] || cat $f
done
part values
grep -sH '' /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes \
	/sys/fs/cgroup/memory/memory.soft_limit_in_bytes /sys/fs/cgroup/memory/memory.swappiness \
	/sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/cpu/cpu.cfs_period_us /sys/fs/cgroup/cpu/cpu.cfs_quota_us \
	/sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/cpuset/cpuset.mems /sys/fs/cgroup/pids/pids.max \
	/sys/fs/cgroup/blkio/blkio.weight /sys/fs/cgroup/blkio/blkio.bfq.weight \
	/proc/sys/kernel/hostname /proc/sys/kernel/domainname /proc/sys/kernel/shmmax /proc/sys/kernel/shmmni \
	/proc/sys/kernel/msgmax /proc/sys/fs/mqueue/msg_max /proc/sys/net/ipv4/ip_unprivileged_port_start \
	/proc/sys/net/ipv4/ip_default_ttl /proc/sys/net/ipv4/ping_group_range /proc/sys/net/core/somaxconn \
	/proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/net/ipv6/conf/default/disable_ipv6
part paths
for f in /proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list \
	/proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware /sys/devices/virtual/powercap \
	/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger; do
	[ ! -e $f ] || echo $f
done
part can
try() { name=$1 && shift && "$@" >/dev/null 2>&1 && echo "$name yes" || echo "$name no"; }
try make-user-namespace unshare -U true
try make-mount-namespace unshare -m true
try change-root chroot / true
try make-device mknod /tmp/.made c 1 3
try signal-all kill -0 1
part end
