import type { HoldReason } from '#lib/cases/linking.ts';
import { m } from '#lib/paraglide/messages.js';

const reasons: Record<HoldReason, () => string> = {
	unverified: m.triage_held_unverified,
	waiting: m.triage_held_waiting,
	apart: m.triage_held_apart,
	personal: m.triage_held_personal,
	named: m.triage_held_named,
	second_person: m.triage_held_second_person,
	final: m.triage_held_final,
	transferred: m.triage_held_transferred,
	main_archived: m.triage_held_main_archived
};

/** Why the main case's answer stays outside, as a sentence. */
export const heldText = (why: HoldReason) => m.triage_held({ why: reasons[why]() });
