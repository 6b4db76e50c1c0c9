import { z } from 'zod';
import type { StoredFollowup, StoredReport } from './records.ts';
import type { SandboxStore } from './store.ts';

/** Moving a report's status, as somebody at LAPOR would. Any name: also one that a client doesn't know. */
export const statusSchema = z.strictObject({
	status_name: z.string().trim().min(1).max(100),
	note: z.string().trim().max(1000).default('')
});

export const followupSchema = z.strictObject({
	content: z.string().trim().min(1).max(5000),
	institution_from: z.string().trim().min(1).max(200).default('Admin SP4N-LAPOR!'),
	institution_to: z.string().trim().max(200).default(''),
	/** Moves the status with it. */
	status_new: z.string().trim().max(100).optional(),
	attachments: z
		.array(z.strictObject({ path: z.string(), file_name: z.string(), extension: z.string() }))
		.max(10)
		.default([])
});

/** A follow-up written by an institution, with or without a new status. */
export function addInstitutionFollowup(
	store: SandboxStore,
	report: StoredReport,
	move: z.output<typeof followupSchema>
): StoredFollowup {
	const statusOld = report.statusName;
	const followup = store.addFollowup(report, {
		content: move.content,
		institutionFrom: move.institution_from,
		institutionTo: move.institution_to,
		statusOld: move.status_new ? statusOld : null,
		statusNew: move.status_new || null,
		attachments: move.attachments,
		by: 'sandbox'
	});
	if (move.status_new) store.moveStatus(report, move.status_new, '');
	return followup;
}
