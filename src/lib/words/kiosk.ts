import { m } from '#lib/paraglide/messages.js';
import type { KioskMode } from '#lib/ratings/kiosk.ts';
import { type Words, wordOf } from './cases.ts';

/** The purpose of a device, as a sentence. */
export const kioskModeWord = wordOf<KioskMode>({ tablet: m.kiosk_mode_tablet, display: m.kiosk_mode_display });
const devices: Words<KioskMode> = { tablet: m.kiosk_admin_tablet, display: m.kiosk_admin_display };
const reasons: Record<string, (() => string) | undefined> = {
	kept_signature: m.kiosk_reason_signature,
	rating_officer: m.kiosk_reason_officer,
	submission_reused: m.kiosk_reason_reused
};

/** Name of a device on screens. */
export const kioskName = ({ mode, number }: { mode: KioskMode; number: number }) =>
	m.kiosk_named({ mode: devices[mode](), number });
/** Why the site refused a rating that stays on its tablet. */
export const keptReasonWord = (code: string) => (reasons[code] ?? m.kiosk_reason_other)();
