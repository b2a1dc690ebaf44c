/** grub.cfg of Debian 12 with Xen, shortened: Xen stands behind the plain kernel. */
export const DEBIAN_XEN = `
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="0"
fi
function load_video {
  insmod all_video
}
menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option 'gnulinux-simple-1111' {
	load_video
	linux	/boot/vmlinuz-6.1.0-56-amd64 root=UUID=1111 ro  quiet
	initrd	/boot/initrd.img-6.1.0-56-amd64
}
submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-1111' {
	menuentry 'Debian GNU/Linux, with Linux 6.1.0-56-amd64' --class debian $menuentry_id_option 'gnulinux-6.1.0-56-amd64-advanced-1111' {
		linux	/boot/vmlinuz-6.1.0-56-amd64 root=UUID=1111 ro  quiet
		initrd	/boot/initrd.img-6.1.0-56-amd64
	}
	menuentry 'Debian GNU/Linux, with Linux 6.1.0-56-amd64 (recovery mode)' --class debian $menuentry_id_option 'gnulinux-6.1.0-56-amd64-recovery-1111' {
		linux	/boot/vmlinuz-6.1.0-56-amd64 root=UUID=1111 ro single
		initrd	/boot/initrd.img-6.1.0-56-amd64
	}
}
menuentry 'Debian GNU/Linux, with Xen hypervisor' --class debian --class xen $menuentry_id_option 'xen-gnulinux-simple-1111' {
	if [ "$grub_platform" = "pc" -o "$grub_platform" = "" ]; then
	    xen_rm_opts=
	else
	    xen_rm_opts="no-real-mode edd=off"
	fi
	echo	'Loading Xen 4.17-amd64 ...'
	multiboot2	/boot/xen-4.17-amd64.gz placeholder dom0_mem=2G,max:2G crashkernel=256M\\<4G \${xen_rm_opts}
	echo	'Loading Linux 6.1.0-56-amd64 ...'
	module2	/boot/vmlinuz-6.1.0-56-amd64 placeholder root=UUID=1111 ro  quiet
	echo	'Loading initial ramdisk ...'
	module2	--nounzip   /boot/initrd.img-6.1.0-56-amd64
}
`
