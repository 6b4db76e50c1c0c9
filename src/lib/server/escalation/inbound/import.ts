import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { db } from '#lib/server/db/index.ts';
import { Invalid, type Issue } from '#lib/server/errors.ts';
import { inputOfLine, readInboundTable, type InboundLine } from './csv.ts';
import { caseOfInbound, readInbound, type InboundInput, type InboundOffice } from './input.ts';
import { placesOf } from './place.ts';
import { inboundOffice, storeInbound, unclear } from './receive.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What will happen to a line, or did. Only `opens` and `attaches` store anything. */
export type LineFate =
	| { kind: 'opens' }
	| { kind: 'attaches'; reference: string; accepts: boolean }
	| { kind: 'opened' | 'attached' | 'known'; reference: string; id: string }
	| { kind: 'elsewhere' }
	/** The number stands on an earlier line already. */
	| { kind: 'repeated'; line: number }
	| { kind: 'wrong'; issues: readonly Issue[] };

export interface JudgedLine extends InboundLine {
	fate: LineFate;
}

interface Ready extends InboundLine {
	office: InboundOffice;
	input: InboundInput;
}

/**
 * What storing a table would do, line by line; nothing is stored. Lines name their office by its code or name, or belong to
 * `unit`.
 *
 * @throws Invalid if the table as such can't be read, or `unit` is none of the actor's
 */
export async function judgeInbound(actor: Actor, unit: unknown, text: string): Promise<JudgedLine[]> {
	return (await judged(actor, unit, text)).map(({ line, cells, fate }) => ({ line, cells, fate }));
}

/**
 * Stores what can be stored of a table, each line whole or not at all, and says what became of each. A table that is
 * uploaded again stores nothing twice: its numbers are known.
 *
 * @throws Invalid as `judgeInbound`
 */
export async function importInbound(actor: Actor, unit: unknown, text: string): Promise<JudgedLine[]> {
	const done: JudgedLine[] = [];
	for (const { ready, line, cells, fate } of await judged(actor, unit, text)) {
		const stores = ready && (fate.kind === 'opens' || fate.kind === 'attaches');
		done.push({ line, cells, fate: stores ? await stored(actor, ready) : fate });
	}
	return done;
}

async function stored(actor: Actor, { office, input }: Ready): Promise<LineFate> {
	try {
		return await storeInbound(actor, office, input);
	} catch (cause) {
		if (cause instanceof Invalid) return { kind: 'wrong', issues: cause.issues };
		throw cause;
	}
}

async function judged(
	actor: Actor,
	unit: unknown,
	text: string
): Promise<(JudgedLine & { ready?: Ready | undefined })[]> {
	const given = await inboundOffice(actor, unit);
	const offices = await deskUnits(actor);
	const lines = readInboundTable(text).map((line) => readLine(line, given, offices));
	const ready = lines.filter((line) => 'input' in line);
	const places = await placesOf(
		db(),
		actor,
		ready.map(({ input }) => input)
	);
	const firstLines = new Map<string, number>();
	return lines.map((line) => {
		if (!('input' in line)) return line;
		const place = places[ready.indexOf(line)];
		const { input, office } = line;
		const before = firstLines.get(input.lapor_id);
		firstLines.set(input.lapor_id, before ?? line.line);
		if (before !== undefined) return { ...line, fate: { kind: 'repeated', line: before } };
		if (place?.kind === 'unclear') return { ...line, fate: { kind: 'wrong', issues: unclear(place).issues } };
		if (place?.kind === 'attaches')
			return {
				...line,
				ready: line,
				fate: { kind: 'attaches', reference: place.reference, accepts: place.accepts !== null }
			};
		if (place?.kind === 'opens') return { ...line, ready: line, fate: fateOfOpening(input, office) };
		return { ...line, fate: place ?? { kind: 'elsewhere' } };
	});
}

/** A line that opens a case has to fit into one. */
function fateOfOpening(input: InboundInput, office: InboundOffice): LineFate {
	const issues = issuesOf(() => caseOfInbound(input, office, 'submission-to-come'));
	return issues ? { kind: 'wrong', issues } : { kind: 'opens' };
}

function readLine(
	line: InboundLine,
	given: InboundOffice,
	offices: readonly (InboundOffice & { slug: string; name: string })[]
): Ready | JudgedLine {
	const said = line.cells.unit?.toLowerCase();
	const isSaid = ({ code, slug, name }: (typeof offices)[number]) =>
		[code, slug, name.toLowerCase()].includes(said ?? '');
	const office = said ? offices.find(isSaid) : given;
	const wrong = (issues: readonly Issue[]): JudgedLine => ({ ...line, fate: { kind: 'wrong', issues } });
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
