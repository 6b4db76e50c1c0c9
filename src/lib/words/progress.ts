import type { ArchiveReason, CaseStatus, TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { isWithdrawn, statusMeaning } from './cases.ts';

/** A report and its public timeline, oldest entry first (`reporterView`). */
interface Report {
	status: CaseStatus;
	/** The status to which a report in `needs_info` or `archived` returns. */
	returnStatus: CaseStatus | null;
	archiveReason: ArchiveReason | null;
	/** Answered, and then withdrawn by its reporter. */
	withdrawn?: boolean;
	transferredTo: string | null;
	receivedAt: Date;
	entries: readonly { type: TimelineType; at: Date; actorKind: string }[];
}

/** One step of a report, as its reporter follows it. */
export interface ProgressStep {
	label: string;
	state: 'done' | 'current' | 'ahead';
	/** When the step began; undefined if it is ahead or the timeline has no entry of its beginning. */
	at: Date | undefined;
	/** What the report waits for. */
	note?: string;
}

const PATH = ['received', 'verified', 'in_progress', 'answered', 'closed'] as const;
type Step = (typeof PATH)[number];
type Times = Partial<Record<Step | 'archived', Date>> & { again?: boolean };

/**
 * The steps from arrival to end, with the day on which each began. After a dispute the report is in progress again, so the
 * answer is ahead. An archived report ends after the steps that it has reached.
 */
export function progressOf(report: Report): ProgressStep[] {
	const { status } = report;
	const times = timesOf(report);
	const step = status === 'needs_info' || status === 'archived' ? (report.returnStatus ?? 'received') : status;
	const reached = PATH.indexOf(step as Step);
	if (status === 'archived') {
		const label = isWithdrawn(report) ? m.progress_withdrawn() : m.progress_archived();
		const passed = PATH.slice(0, reached + 1).map((name) => stepOf(name, 'done'));
		return [...passed, { label, state: 'current', at: times.archived }];
	}
	return PATH.map((name, index) => stepOf(name, index < reached ? 'done' : index > reached ? 'ahead' : 'current'));

	function stepOf(name: Step, state: ProgressStep['state']): ProgressStep {
		const at = state === 'ahead' ? undefined : times[name];
		const waits = state === 'current' && status === 'needs_info';
		return { label: label(name), state, at, note: waits ? m.status_needs_info_citizen() : undefined };
	}

	function label(name: Step): string {
		if (name === 'in_progress' && times.again) return m.progress_in_progress_again();
		if (name === 'closed' && isWithdrawn(report)) return m.progress_withdrawn();
		if (name === 'answered' && report.transferredTo) return m.progress_transferred();
		return LABELS[name]();
	}
}

const LABELS: Record<Step, () => string> = {
	received: m.progress_received,
	verified: m.progress_verified,
	in_progress: m.progress_in_progress,
	answered: m.progress_answered,
	closed: m.progress_closed
};

/**
 * What the status means for the reporter. The reporter's answer returns the report to its status before the question, so
 * the words of that status would seem to ignore the answer until the office acts on it.
 */
export function meaningOf(report: Report): string {
	const { status, entries, transferredTo } = report;
	if (isWithdrawn(report)) return m.status_withdrawn_meaning();
	if (transferredTo) return m.citizen_case_transferred({ institution: transferredTo });
	const last = entries.findLast(({ type, actorKind }) => type === 'info_given' || actorKind === 'staff');
	const isWaiting = status === 'received' || status === 'verified' || status === 'in_progress';
	return isWaiting && last?.type === 'info_given' ? m.citizen_case_info_given() : statusMeaning(status);
}

/** When each step last began. A dispute, or a transfer that came back, begins the handling again. A forward or an assignment of a verified report begins its handling. */
function timesOf({ receivedAt, entries }: Report): Times {
	const times: Times = { received: receivedAt };
	for (const { type, at } of entries) {
		if (type === 'verified') times.verified = at;
		else if (type === 'answered' || type === 'closed' || type === 'archived') times[type] = at;
		else if (type === 'disputed' || (type === 'reopened' && times.answered)) {
			times.in_progress = at;
			times.again = true;
		} else if (type === 'assigned' || type === 'escalation_waiting' || type === 'escalation_sent') {
			if (times.verified && !times.answered) times.in_progress ??= at;
		}
	}
	return times;
}
