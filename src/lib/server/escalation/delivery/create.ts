import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { CreatePayload } from '#lib/server/integrations/lapor/types.ts';
import { askCircuit, circuitOpenUntil, noteCall, returnLeave, type Leave } from '../connection/circuit.ts';
import { holdingLease, renewLeases } from './claim.ts';
import { withFiles } from '../forward/files.ts';
import { gathering, untilAllEnded } from './gathering.ts';
import { reportSettings } from '../connection/lapor-ids.ts';
import { reportPayload, type ReportSettings } from '../forward/lapor-report.ts';
import { classifyCreate, type CreateOutcome } from '../outcome.ts';
import { factsOfRow, sourceOfRow } from '../forward/report-source.ts';
import { reportProblems } from '../forward/report-problems.ts';
import { CREATES_AT_ONCE, givePlacesBack, takePlaces } from './places.ts';
import type { Locked } from '../rows.ts';
import { uploadFiles } from './upload.ts';

/** Outcome of an attempt to send a report. Without `call`, the create was not made and nothing was sent. */
export interface Ending {
	outcome: CreateOutcome;
	/** The circuit is open: retried then, without counting an attempt. */
	until?: Date;
	call?: { startedAt: Date; durationMs: number; httpStatus: number | undefined };
}

/** Receives the outcome of each claim as soon as it is known; not called for lost claims. */
type Hear = (claimed: Locked, ending: Ending) => Promise<void>;

const notSent = (code: 'own_validation' | 'circuit_open', excerpt?: string): CreateOutcome => ({
	outcome: 'not_sent',
	reason: { code, ...(excerpt ? { excerpt } : {}) }
});
const circuitOpen = (until: Date): Ending => ({ outcome: notSent('circuit_open'), until });

/** Sends one claimed report. Undefined: the claim was lost to another worker. */
export async function sendReport(client: LaporClient, claimed: Locked): Promise<Ending | undefined> {
	let ended: Ending | undefined;
	await sendReports(client, [claimed], async (_, ending) => void (ended = ending));
	return ended;
}

/**
 * Sends claimed reports: photos first, then the creates. Everything before `create_started_at` is committed can be repeated;
 * after it, a report may be at LAPOR. Reports without photos start together. Each other one starts when its own photos are
 * uploaded.
 */
export async function sendReports(client: LaporClient, claimed: readonly Locked[], hear: Hear): Promise<void> {
	if (claimed.length === 0) return;
	const settingsFor = settingsOnce();
	const [carrying] = await Promise.all([
		withFiles(claimed.map(({ escalation }) => escalation.id)),
		...claimed.map(settingsFor)
	]);
	// Do not upload photos for a create that must wait. Without photos, the create itself asks the circuit.
	const openUntil = carrying.size > 0 ? await circuitOpenUntil('create') : undefined;
	const plain: Locked[] = [];
	const hears: [Locked, Ending][] = [];
	const withPhotos: Locked[] = [];
	for (const one of claimed) {
		const incomplete = await checkReport(one, await settingsFor(one));
		if (incomplete) hears.push([one, { outcome: incomplete }]);
		else if (openUntil) hears.push([one, circuitOpen(openUntil)]);
		else if (carrying.has(one.escalation.id)) withPhotos.push(one);
		else plain.push(one);
	}
	await untilAllEnded([
		...hears.map(([one, ending]) => hear(one, ending)),
		createAll(client, plain, [], settingsFor, hear),
		...withPhotos.map(async (one) => {
			const uploaded = await uploadFiles(client, one.escalation);
			if (uploaded.outcome === 'ready') return createAll(client, [one], uploaded.fileIds, settingsFor, hear);
			if (uploaded.outcome === 'lost') return;
			if (uploaded.outcome === 'halted') return hear(one, { outcome: uploaded });
			const { until, reason, retryAfterMs } = uploaded;
			const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
			return hear(one, { outcome: { outcome: 'not_sent', reason, ...wait }, ...(until ? { until } : {}) });
		})
	]);
}

interface Ready {
	claimed: Locked;
	payload: CreatePayload;
}

async function createAll(
	client: LaporClient,
	all: readonly Locked[],
	fileIds: readonly string[],
	settingsFor: SettingsFor,
	hear: Hear
): Promise<void> {
	const ready: Ready[] = [];
	const unfit: Locked[] = [];
	for (const claimed of all) {
		const payload = reportPayload(await sourceOfRow(claimed, fileIds), await settingsFor(claimed));
		if (payload) ready.push({ claimed, payload });
		else unfit.push(claimed);
	}
	await untilAllEnded([
		...unfit.map((one) => hear(one, { outcome: notSent('own_validation') })),
		askAndCreate(client, ready, hear)
	]);
}

/**
 * Makes the creates, as many at once as there are places, if the circuit permits. If it was open, one of them is the probe and
 * the others wait for its outcome.
 */
async function askAndCreate(client: LaporClient, ready: readonly Ready[], hear: Hear): Promise<void> {
	if (ready.length === 0) return;
	const wanted = Math.min(ready.length, CREATES_AT_ONCE);
	await takePlaces(wanted);
	let kept = wanted;
	const giveBack = (count: number) => {
		kept -= count;
		givePlacesBack(count);
	};
	try {
		// Ask for the permission only now: earlier, during uploads or a wait for a place, it would block other probes.
		const asked = await askCircuit('create');
		if ('openUntil' in asked) {
			const { openUntil } = asked;
			return await untilAllEnded(ready.map(({ claimed }) => hear(claimed, circuitOpen(openUntil))));
		}
		const going = ready.slice(0, asked.leave.probe ? 1 : wanted);
		giveBack(wanted - going.length);
		await untilAllEnded([
			startAndCreate(client, asked.leave, going, hear, giveBack),
			askAndCreate(client, ready.slice(going.length), hear)
		]);
	} finally {
		giveBack(kept);
	}
}

/** Starts the creates together, each on its own connection. `over`: number of finished calls. */
async function startAndCreate(
	client: LaporClient,
	leave: Leave,
	going: readonly Ready[],
	hear: Hear,
	over: (count: number) => void
): Promise<void> {
	const standing = await renewLeases(
		going.map(({ claimed }) => claimed.escalation),
		{ starting: true }
	);
	over(going.length - standing.size);
	if (standing.size === 0) return returnLeave(leave);
	// A good answer closes the circuit; answers of one moment are reported together.
	const noteGood = gathering(() => noteCall(leave, true));
	const create = async ({ claimed, payload }: Ready) => {
		const startedAt = now();
		const seen = await holdingLease(claimed.escalation, () => client.createComplaint(payload));
		over(1);
		const outcome = classifyCreate(seen, now());
		const call = { startedAt, durationMs: seen.durationMs, httpStatus: seen.status };
		await untilAllEnded([
			isAtWork(outcome) ? noteGood(undefined) : noteCall(leave, false),
			hear(claimed, { outcome, call })
		]);
	};
	await untilAllEnded(going.filter(({ claimed }) => standing.has(claimed.escalation.id)).map(create));
}

/** Whether the service works; a refusal counts as working. */
const isAtWork = (outcome: CreateOutcome): boolean =>
	outcome.outcome === 'accepted' ||
	outcome.outcome === 'rejected' ||
	(outcome.outcome === 'unknown' && outcome.reason.code === 'reference_exists');

type SettingsFor = (claimed: Locked) => Promise<ReportSettings>;

/** Settings of the reports' offices and targets, each read once. */
function settingsOnce(): SettingsFor {
	const read = new Map<string, Promise<ReportSettings>>();
	return async ({ escalation, unit }) => {
		const targetId = factsOfRow(escalation).institutionId ?? undefined;
		const key = `${unit.id} ${targetId ?? ''}`;
		const known = read.get(key) ?? reportSettings(db(), unit, targetId);
		read.set(key, known);
		return known;
	};
}

/** Checks before any call: an administrator may have to enter an id first. */
async function checkReport(claimed: Locked, settings: ReportSettings): Promise<CreateOutcome | undefined> {
	const problems = reportProblems(await sourceOfRow(claimed), settings);
	if (problems.length === 0) return undefined;
	return notSent('own_validation', problems.map(({ field, problem }) => `${field}: ${problem}`).join(', '));
}
