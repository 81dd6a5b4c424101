# Runs in mmdebstrap's namespace as its last customise hook, with the new root as $1. The caller
# puts these before it: packages, label, features, offset, blocks, image (a path this namespace can
set -eu
root=$1

echo 'I: fuyajo: fetching packages for the templates' >&2
# apt runs outside with mmdebstrap's settings, because the root's resolv.conf may already be a link.
# shellcheck disable=SC2086  # a list of package names
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -qq --yes --no-install-recommends \
    -o APT::Keep-Downloaded-Packages=true --download-only install $packages >&2

echo 'I: fuyajo: settling units, keys and identity' >&2
in_root() { chroot "$root" "$@"; }
in_root systemctl --quiet enable systemd-networkd.service qemu-guest-agent.service ssh.service
in_root systemctl --quiet disable systemd-networkd-wait-online.service || :
in_root systemctl --quiet mask \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    getty@tty1.service systemd-pstore.service systemd-hwdb-update.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount modprobe@drm.service modprobe@efi_pstore.service
in_root dpkg-query -W -f 'fuyajo-package\t${Package}\t${Version}\n' >&2
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
