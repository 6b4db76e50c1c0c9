import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { db } from '#lib/server/db/index.ts';
import { Invalid, OfficeClosed, type Issue } from '#lib/server/errors.ts';
import { inputOfLine, readInboundTable, type InboundLine } from './csv.ts';
import { caseOfInbound, readInbound, type InboundInput, type InboundOffice } from './input.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { placesOf, type Place } from './place.ts';
import { inboundOffice, storeInbound, unclear } from './receive.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What storing a line will do (`opens`, `attaches`) or has done (`opened`, `attached`). The other kinds store nothing. */
type LineOutcome =
	| { kind: 'opens' }
	| { kind: 'attaches'; reference: string; accepts: boolean }
	| { kind: 'opened' | 'attached' | 'known'; reference: string; id: string }
	| { kind: 'elsewhere' }
	/** An earlier line has the same number. */
	| { kind: 'repeated'; line: number }
	| { kind: 'wrong'; issues: readonly Issue[] };

export type JudgedLine = InboundLine & { outcome: LineOutcome };
type Ready = InboundLine & { office: InboundOffice; input: InboundInput };

/**
 * Returns for each line what storing the table would do, and stores nothing. A line belongs to the office that it names by
 * code, slug or name, or else to `unit`.
 *
 * @throws Invalid if the table can't be read, or the actor does not work for `unit`
 */
export async function judgeInbound(actor: Actor, unit: unknown, text: string): Promise<JudgedLine[]> {
	return (await judgeLines(actor, unit, text)).map(({ line, cells, outcome }) => ({ line, cells, outcome }));
}

/**
 * Stores a table, each line in its own transaction. A table that is uploaded again stores nothing twice.
 *
 * @throws Invalid as `judgeInbound`
 */
export async function importInbound(actor: Actor, unit: unknown, text: string): Promise<JudgedLine[]> {
	const results: JudgedLine[] = [];
	for (const { ready, line, cells, outcome } of await judgeLines(actor, unit, text)) {
		const stores = ready && (outcome.kind === 'opens' || outcome.kind === 'attaches');
		results.push({ line, cells, outcome: stores ? await storeLine(actor, ready) : outcome });
	}
	return results;
}

/** The office is closed or in trial. Lines that attach to its earlier reports are stored. */
const CLOSED: LineOutcome = { kind: 'wrong', issues: [{ path: 'unit', code: 'office_closed' }] };

async function storeLine(actor: Actor, { office, input }: Ready): Promise<LineOutcome> {
	try {
		return await storeInbound({ actor, office, input, files: [] });
	} catch (cause) {
		if (cause instanceof Invalid) return { kind: 'wrong', issues: cause.issues };
		if (cause instanceof OfficeClosed) return CLOSED;
		throw cause;
	}
}

async function judgeLines(actor: Actor, unit: unknown, text: string): Promise<(JudgedLine & { ready?: Ready })[]> {
	const defaultOffice = await inboundOffice(actor, unit);
	const offices = await deskUnits(actor);
	const lines = readInboundTable(text).map((line) => readLine(line, defaultOffice, offices));
	const ready = lines.filter((line) => 'input' in line);
	const inputs = ready.map(({ input }) => input);
	const places = await placesOf(db(), actor, inputs);
	const firstLines = new Map<string, number>();
	return lines.map((line) => {
		if (!('input' in line)) return line;
		const { lapor_id: laporId } = line.input;
		const before = firstLines.get(laporId);
		firstLines.set(laporId, before ?? line.line);
		const place = places[ready.indexOf(line)] ?? { kind: 'elsewhere' };
		return { ...line, ready: line, outcome: before ? { kind: 'repeated', line: before } : outcomeOf(line, place) };
	});
}

function outcomeOf({ input, office }: Ready, place: Place): LineOutcome {
	if (place.kind === 'unclear') return { kind: 'wrong', issues: unclear(place).issues };
	if (place.kind === 'attaches')
		return { kind: 'attaches', reference: place.reference, accepts: place.accepts !== null };
	if (place.kind !== 'opens') return place;
	if (!isOpenToPublic(office)) return CLOSED;
	const issues = issuesOf(() => caseOfInbound(input, office, 'submission-to-come'));
	return issues ? { kind: 'wrong', issues } : { kind: 'opens' };
}

type Offices = Awaited<ReturnType<typeof deskUnits>>;

function readLine(line: InboundLine, defaultOffice: InboundOffice, offices: Offices): Ready | JudgedLine {
	const officeName = line.cells.unit?.toLowerCase();
	const office = officeName
		? offices.find(({ code, slug, name }) => [code, slug, name.toLowerCase()].includes(officeName))
		: defaultOffice;
	const wrong = (issues: readonly Issue[]): JudgedLine => ({ ...line, outcome: { kind: 'wrong', issues } });
	if (!office) return wrong([{ path: 'unit', code: 'inbound_office' }]);
	let input: InboundInput | undefined;
	const issues = issuesOf(() => (input = readInbound(inputOfLine(line), office)));
	return input ? { ...line, office, input } : wrong(issues ?? []);
}

function issuesOf(work: () => unknown): readonly Issue[] | undefined {
	try {
		work();
		return undefined;
	} catch (cause) {
		if (cause instanceof Invalid) return cause.issues;
		throw cause;
	}
}
