/** What a section may set, in any release from 2005 to today: what one of them knows is no slip of the pen. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const DISK = words(`
  path_grouping_policy path_selector uid_attribute getuid_callout prio prio_args prio_callout features path_checker checker
  failback rr_min_io rr_min_io_rq rr_min_io_q rr_weight no_path_retry pg_timeout flush_on_last_del fast_io_fail_tmo
  dev_loss_tmo eh_deadline user_friendly_names mode uid gid reservation_key retain_attached_hw_handler detect_prio
  detect_checker detect_pgpolicy detect_pgpolicy_use_tpg deferred_remove delay_watch_checks delay_wait_checks
  san_path_err_threshold san_path_err_forget_rate san_path_err_recovery_time marginal_path_err_sample_time
  marginal_path_err_rate_threshold marginal_path_err_recheck_gap_time marginal_path_double_failed_time skip_kpartx
  max_sectors_kb ghost_delay all_tg_pt recheck_wwid purge_disconnected alias_prefix max_retries unpriv_sgio`)

const HARDWARE = words('vendor product revision product_blacklist hardware_handler vpd_vendor bl_product protocol')

const DEFAULTS = words(`
  verbosity polling_interval max_polling_interval reassign_maps udev_dir multipath_dir selector default_selector
  default_selector_args default_path_grouping_policy default_uid_attribute default_getuid_callout default_prio_callout
  default_features default_path_checker default_hw_handler multipath_tool max_fds checker_timeout allow_usb_devices
  queue_without_daemon bindings_file wwids_file prkeys_file log_checker_err force_sync strict_timing partition_delimiter
  config_dir find_multipaths find_multipaths_timeout marginal_pathgroups uxsock_timeout retrigger_tries retrigger_delay
  missing_uev_wait_timeout disable_changed_wwids remove_retries auto_resize enable_foreign uid_attrs hw_str_match
  ignore_new_boot_devs new_bindings_in_boot replace_wwid_whitespace reload_readwrite cache_timeout`)

const LIST = words('devnode wwid property protocol device')

/** By section; those of a `multipath`, a `device` and of `overrides` share the settings of disks. */
export const MULTIPATH_KEYS: Readonly<Record<string, readonly string[]>> = {
  defaults: [...DEFAULTS, ...DISK],
  blacklist: LIST,
  devnode_blacklist: LIST,
  blacklist_exceptions: LIST,
  device: [...HARDWARE, ...DISK],
  multipath: ['wwid', 'alias', ...DISK],
  overrides: [...HARDWARE, ...DISK],
  protocol: ['type', ...DISK],
}
