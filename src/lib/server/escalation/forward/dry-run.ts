import { caseForActor } from '#lib/server/cases/find.ts';
import { checked } from '#lib/server/checked.ts';
import { db } from '#lib/server/db/index.ts';
import { composeReport, mayCarryIdentity, nextOrdinal, factsOfRow, sourceOfRow } from './compose.ts';
import { filesOf, type ReportFile } from './files.ts';
import { neutralName } from '#lib/text/linked-files.ts';
import { connectionSettings } from '../connection/lapor-client.ts';
import { reportSettings } from '../connection/report-settings.ts';
import {
	attachmentsValue,
	fileIdValue,
	reportPayload,
	type ReportSettings,
	type ReportSource,
	isTooLarge,
	reportProblems,
	type ReportProblem
} from './lapor-report.ts';
import { escalationForActor } from '../rows.ts';
import { escalationInput } from '../schema.ts';
import { previewCreate, previewUpload } from '#lib/server/integrations/lapor/client.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export type DryRun = ReturnType<typeof requestsOf>;

const HIDDEN = '•••';

interface Report {
	source: ReportSource;
	settings: ReportSettings;
	problems: ReportProblem[];
	/** `name`: the file name that is sent. */
	files: { file: Pick<ReportFile, 'mediaType' | 'remoteId'>; name: string }[];
	withheld: boolean;
}

/**
 * The requests that would be made, in order, and the problems: first one upload per file, then the create, unless one
 * of its ids is missing. `unknownIds`: some files have no id before their upload; the create shows `‹name›` instead.
 * `identityHidden`: a withheld name is sent, but not shown.
 */
function requestsOf({ source, settings, problems, files, withheld }: Report) {
	const lapor = connectionSettings();
	const payload = reportPayload(source, settings);
	const toUpload = files.filter(({ file }) => file.remoteId === null);
	const identityHidden = withheld && payload?.is_new_user_slider === true;
	const calls = lapor ? toUpload.map(({ file, name }) => previewUpload(lapor, { name, type: file.mediaType })) : [];
	if (lapor && payload) {
		const values = files.map(({ file, name }) => (file.remoteId === null ? `‹${name}›` : fileIdValue(file.remoteId)));
		const attachments = attachmentsValue(values, settings.attachmentsTrailingDot);
		const hidden = { emailUser: HIDDEN, nameUser: HIDDEN, phoneUser: HIDDEN };
		calls.push(previewCreate(lapor, { ...payload, ...(identityHidden ? hidden : {}), attachments }));
	}
	return { calls, problems, configured: lapor !== undefined, unknownIds: toUpload.length > 0, identityHidden };
}

const dryInput = escalationInput.omit({ reason: true, version: true });

/**
 * The exact requests, without secrets, that would forward the case with a person's input. Missing values are
 * `problems`, not errors.
 *
 * @throws NotFound · Invalid if a field can't be read
 */
export async function dryRun(actor: Actor, reference: string, raw: unknown): Promise<DryRun> {
	const input = checked(dryInput, raw);
	const { row, unit } = await caseForActor(actor, reference);
	const choices = { ...input, consent: input.consent && mayCarryIdentity(row) };
	const { source, settings, problems, files } = await composeReport(
		db(),
		{ row, unit },
		choices,
		await nextOrdinal(db(), row.id)
	);
	const chosen = files.filter((one) => one.chosen);
	return requestsOf({
		source,
		settings,
		problems,
		files: chosen.flatMap(({ file }, index) =>
			isTooLarge(file) ? [] : [{ file: { ...file, remoteId: null }, name: neutralName(file.name, index + 1) }]
		),
		withheld: row.identity !== 'named'
	});
}

/** The same for a confirmed forward, with the present ids of the settings. @throws NotFound */
export async function requestsOfForward(actor: Actor, id: string): Promise<DryRun> {
	const { escalation, row, unit } = await escalationForActor(db(), actor, id);
	const source = await sourceOfRow({ escalation, row, unit });
	const settings = await reportSettings(unit, factsOfRow(escalation).institutionId ?? undefined);
	const files = (await filesOf(db(), id)).map((file, index) => ({ file, name: neutralName(file.name, index + 1) }));
	return requestsOf({
		source,
		settings,
		problems: reportProblems(source, settings),
		files: files.filter(({ file }) => file.leftOut === null),
		withheld: row.identity !== 'named'
	});
}
