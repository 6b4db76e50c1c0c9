import { m } from '#lib/paraglide/messages.js';
import type { LaporStatus } from '#lib/server/escalation/tracking/lapor-status.ts';

interface Words {
	label: () => string;
	hint: () => string;
}

const words: Readonly<Record<LaporStatus, Words>> = {
	unverified: { label: m.admin_lapor_meaning_unverified, hint: m.admin_lapor_meaning_unverified_hint },
	verified: { label: m.admin_lapor_meaning_verified, hint: m.admin_lapor_meaning_verified_hint },
	in_process: { label: m.admin_lapor_meaning_in_process, hint: m.admin_lapor_meaning_in_process_hint },
	postponed: { label: m.admin_lapor_meaning_postponed, hint: m.admin_lapor_meaning_postponed_hint },
	finished: { label: m.admin_lapor_meaning_finished, hint: m.admin_lapor_meaning_finished_hint },
	archived: { label: m.admin_lapor_meaning_archived, hint: m.admin_lapor_meaning_archived_hint },
	refused: { label: m.admin_lapor_meaning_refused, hint: m.admin_lapor_meaning_refused_hint }
};

export const meaningWord = (meaning: LaporStatus): string => words[meaning].label();

export const meaningOptions = (meanings: readonly LaporStatus[]) =>
	meanings.map((value) => ({ value, label: words[value].label(), hint: words[value].hint() }));
