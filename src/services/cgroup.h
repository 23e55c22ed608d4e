/* Floor 1: the CPU quota of a Linux control group, as containers and batch systems set it. */
#ifndef KM_CGROUP_H
#define KM_CGROUP_H

/* The smallest quota on the way from this process's group up to the root, rounded up to whole CPUs
 * (>= 1); 0 where there is none. `membership` is the file /proc/self/cgroup and `root` the folder
 * /sys/fs/cgroup, given by the caller so that tests can show others. Understands version 2
 * (cpu.max), version 1 (cpu.cfs_quota_us, cpu.cfs_period_us) and both at once. */
int km_cgroup_cpus(const char *membership, const char *root);

#endif
