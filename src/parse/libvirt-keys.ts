import type { ConfSetting, LibvirtConf } from './libvirt-conf.ts'
import { nearest } from './nearest.ts'

/** What a setting takes: a number, 0 or 1, a text, a list of texts; some take two of these. */
type Kind = 'number' | 'switch' | 'text' | 'list' | 'text or list' | 'number or text'

const table = (kinds: Partial<Record<Kind, string>>): ReadonlyMap<string, Kind> =>
  new Map(Object.entries(kinds).flatMap(([kind, keys]) => keys.split(' ').map((key) => [key, kind as Kind] as const)))

/** libvirtd.conf, virtqemud.conf, virtproxyd.conf and their like. */
const DAEMON = table({
  number:
    'tcp_min_ssf min_workers max_workers max_clients max_queued_clients max_anonymous_clients max_client_requests prio_workers ' +
    'admin_min_workers admin_max_workers admin_max_clients admin_max_queued_clients admin_max_client_requests log_level ' +
    'log_buffer_size audit_level keepalive_interval keepalive_count admin_keepalive_interval admin_keepalive_count ovs_timeout ' +
    'keepalive_required admin_keepalive_required',
  switch:
    'listen_tls listen_tcp mdns_adv tls_no_verify_certificate tls_no_sanity_certificate tls_no_verify_address audit_logging',
  text:
    'tls_port tcp_port listen_addr mdns_name unix_sock_group unix_sock_ro_perms unix_sock_rw_perms unix_sock_admin_perms ' +
    'unix_sock_dir auth_unix_ro auth_unix_rw auth_tcp auth_tls key_file cert_file ca_file crl_file tls_priority log_filters ' +
    'log_outputs host_uuid host_uuid_source',
  'text or list':
    'tls_allowed_dn_list tls_allowed_ip_list sasl_allowed_username_list access_drivers key_files cert_files',
})

const QEMU = table({
  number:
    'remote_display_port_min remote_display_port_max remote_websocket_port_min remote_websocket_port_max max_processes max_files ' +
    'max_threads_per_process max_queued keepalive_interval keepalive_count migration_port_min migration_port_max ' +
    'gluster_debug_level seccomp_sandbox rx_queue_size tx_queue_size auto_shutdown_wait',
  switch:
    'default_tls_x509_verify vnc_auto_unix_socket vnc_tls vnc_tls_x509_verify vnc_sasl vnc_allow_host_audio spice_tls ' +
    'spice_auto_unix_socket spice_sasl chardev_tls chardev_tls_x509_verify migrate_tls_x509_verify migrate_tls_force ' +
    'backup_tls_x509_verify nographics_allow_host_audio security_default_confined security_require_confined dynamic_ownership ' +
    'remember_owner auto_dump_bypass_cache auto_start_bypass_cache auto_save_bypass_cache clear_emulator_capabilities ' +
    'allow_disk_format_probing set_process_name dump_guest_core mac_filter relaxed_acs_check log_timestamp vxhs_tls nbd_tls ' +
    'virtiofsd_debug storage_use_nbdkit auto_shutdown_restore',
  text:
    'default_tls_x509_cert_dir default_tls_x509_secret_uuid default_tls_priority vnc_listen vnc_tls_x509_cert_dir ' +
    'vnc_tls_x509_secret_uuid vnc_tls_priority vnc_password vnc_sasl_dir spice_listen spice_tls_x509_cert_dir spice_password ' +
    'spice_sasl_dir chardev_tls_x509_cert_dir chardev_tls_x509_secret_uuid chardev_tls_priority migrate_tls_x509_cert_dir ' +
    'migrate_tls_x509_secret_uuid migrate_tls_priority backup_tls_x509_cert_dir backup_tls_x509_secret_uuid backup_tls_priority ' +
    'nbd_tls_x509_cert_dir nbd_tls_x509_secret_uuid nbd_tls_priority vxhs_tls_x509_cert_dir vxhs_tls_x509_secret_uuid user group ' +
    'save_image_format dump_image_format snapshot_image_format auto_dump_path bridge_helper pr_helper slirp_helper dbus_daemon ' +
    'passt_helper qemu_rdp stdio_handler lock_manager migration_address migration_host memory_backing_dir swtpm_user swtpm_group ' +
    'deprecation_behavior sched_core default_cpu_deprecated_features auto_shutdown_try_save auto_shutdown_try_shutdown ' +
    'auto_shutdown_poweroff',
  list: 'cgroup_controllers cgroup_device_acl namespaces capability_filters shared_filesystems',
  'text or list': 'security_driver hugetlbfs_mount nvram',
  'number or text': 'max_core',
})

const LIBXL = table({
  number: 'keepalive_interval keepalive_count',
  switch: 'autoballoon nested_hvm',
  text: 'lock_manager',
})

/** One setting or line that libvirt will not take, or does not know. */
export interface ConfProblem {
  readonly key: string
  readonly line: number
  /** What libvirt makes of it; "" where it only does not know the name. */
  readonly refused: string
  /** The name that was probably meant; "" where the name is known. */
  readonly meant: string
}

const MOST_SLIPS = 2

const FITS: Readonly<Record<Kind, (setting: ConfSetting) => boolean>> = {
  number: ({ kind }) => kind === 'number',
  switch: ({ kind, value }) => kind === 'number' && /^[01]$/.test(value),
  text: ({ kind }) => kind === 'string',
  list: ({ kind }) => kind === 'list',
  'text or list': ({ kind }) => kind !== 'number',
  'number or text': ({ kind }) => kind !== 'list',
}

const WANTED: Readonly<Record<Kind, string>> = {
  number: 'a number without quotes',
  switch: '0 or 1, without quotes',
  text: 'a text in quotes',
  list: 'a list in [ ]',
  'text or list': 'a text in quotes or a list in [ ]',
  'number or text': 'a number or a text in quotes',
}

/** What libvirt refuses in /etc/libvirt/qemu.conf, libxl.conf, or the file of a daemon; and names like those that it knows. */
export function confProblems(path: string, { settings, error }: LibvirtConf): ConfProblem[] {
  const keys = /\/qemu\.conf$/.test(path) ? QEMU : /\/libxl\.conf$/.test(path) ? LIBXL : DAEMON
  const found = settings.flatMap((setting): ConfProblem[] => {
    const { key, line } = setting
    const kind = keys.get(key)
    if (kind === undefined) {
      const meant = nearest(key, keys.keys(), MOST_SLIPS) ?? ''
      return meant === '' ? [] : [{ key, line, refused: '', meant }]
    }
    return FITS[kind](setting) ? [] : [{ key, line, refused: `${key} takes ${WANTED[kind]}`, meant: '' }]
  })
  return error ? [...found, { key: '', line: error.line, refused: error.message, meant: '' }] : found
}
