/** Whether Cmd does here what Ctrl does elsewhere. */
export const isMac = typeof navigator === 'object' && /^Mac/u.test(navigator.platform);

/** A key combination as it is printed on this machine's keys. */
export function capOf(cap: string, mac = isMac): string {
  return mac ? cap.replace(/\bCtrl\+/u, '⌘').replace(/\bShift\+/u, '⇧') : cap;
}
