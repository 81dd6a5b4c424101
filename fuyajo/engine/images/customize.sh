# Runs in mmdebstrap's namespace as its last customise hook, with the new root as $1. The caller
# puts these before it: packages, label, features, offset, blocks, and image, which is a path that
# this namespace can open.
set -eu
root=$1

echo 'I: fuyajo: fetching packages for the templates' >&2
# apt runs outside with mmdebstrap's settings, because the root's resolv.conf may already be a link.
# shellcheck disable=SC2086  # a list of package names
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -qq --yes --no-install-recommends \
    -o APT::Keep-Downloaded-Packages=true --download-only install $packages >&2

echo 'I: fuyajo: settling units, keys and identity' >&2
in_root() { chroot "$root" "$@"; }
in_root systemctl --quiet enable systemd-networkd.service qemu-guest-agent.service ssh.service \
    fuyajo-grow-root.service serial-getty@ttyS0.service
in_root systemctl --quiet set-default multi-user.target
# Everything here is work that a guest does at every boot and that nothing in this image needs.
in_root systemctl --quiet mask \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer getty@tty1.service \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-pstore.service \
    systemd-hwdb-update.service systemd-network-generator.service systemd-journald-audit.socket \
    sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    sys-fs-fuse-connections.mount dev-hugepages.mount \
    modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service \
    modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service
mkdir -p "$root/etc/systemd/system-generators"
# They run at every boot and at every daemon-reload, which each package with a service does twice.
for generator in cloud-init systemd-bless-boot systemd-cryptsetup systemd-debug systemd-getty \
    systemd-gpt-auto systemd-hibernate-resume systemd-integritysetup systemd-rc-local systemd-run \
    systemd-ssh systemd-system-update systemd-tpm2 systemd-veritysetup; do
    ln -sf /dev/null "$root/etc/systemd/system-generators/$generator-generator"
done
# Without its generator cloud-init is simply always on.
in_root systemctl --quiet add-wants multi-user.target cloud-init.target
if [ -e "$root/lib/systemd/system/cloud-init-main.service" ]; then
    # It already runs its stages in one process.
    rm "$root"/usr/lib/fuyajo/cloud-*
else
    for unit in cloud-init-local cloud-final; do
        mkdir -p "$root/etc/systemd/system/$unit.service.d"
        mv "$root/usr/lib/fuyajo/$unit.conf" "$root/etc/systemd/system/$unit.service.d/50-fuyajo.conf"
    done
    in_root systemctl --quiet mask cloud-init.service cloud-config.service
fi
# Names are resolved a moment after the first login is possible, not before it.
in_root systemctl --quiet disable systemd-resolved.service
sed -e '/^Before=/s/sysinit.target network.target //' -e '/^\[Unit\]/a After=ssh.service' \
    -e 's/^WantedBy=sysinit.target/WantedBy=multi-user.target/' \
    "$root/lib/systemd/system/systemd-resolved.service" \
    > "$root/etc/systemd/system/systemd-resolved.service"
in_root systemctl --quiet enable systemd-resolved.service
in_root dpkg-query -W -f 'fuyajo-package\t${Package}\t${Version}\n' >&2
echo 'debconf debconf/frontend select Noninteractive' | in_root debconf-set-selections
# Every guest makes its own keys and identity.
rm -f "$root"/etc/ssh/ssh_host_*_key* "$root/var/lib/dbus/machine-id" "$root/etc/hostname"
rm -f "$root/var/lib/systemd/random-seed"
: > "$root/etc/machine-id"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
rm -f "$root"/var/log/*.log "$root"/var/log/apt/* "$root"/var/cache/ldconfig/aux-cache
rm -rf "$root"/var/lib/cloud/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
# What mmdebstrap itself would only undo after this hook.
rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/apt/apt.conf.d/00mmdebstrap"
if [ -e "$root/sbin/start-stop-daemon.REAL" ]; then
    mv "$root/sbin/start-stop-daemon.REAL" "$root/sbin/start-stop-daemon"
fi
in_root apt-cache gencaches >&2
# Without these stamps the first boot rebuilds catalogues, which takes many seconds when emulated.
now=$(date +%s)
touch -d "@$now" "$root/usr"
touch -d "@$((now + 1))" "$root/etc/.updated" "$root/var/.updated"

echo 'I: fuyajo: writing the file system' >&2
# A bind mount shows the root alone, without /proc, /sys and /dev mounted into it.
mount --bind "$root" "$root/mnt"
trap 'umount "$root/mnt"' EXIT
mke2fs -q -F -t ext4 -L "$label" -m 1 -O "$features" -J size=32 \
    -E "offset=$offset,lazy_itable_init=1,lazy_journal_init=1,nodiscard" \
    -d "$root/mnt" "$image" "$blocks" >&2
