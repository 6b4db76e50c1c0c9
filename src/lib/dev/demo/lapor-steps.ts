import type { EscalationPurpose } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { inboundOfCase, enterAnswer } from '#lib/server/escalation/inbound/reports.ts';
import { receiveInbound } from '#lib/server/escalation/inbound/receive.ts';
import { forwardsForActor } from '#lib/server/escalation/view.ts';
import type { Fault } from './lapor-stage.ts';
import type { Part } from './staff.ts';
import type { Step } from './story.ts';

// Forwarding as a story tells it, and what LAPOR's own people do with the report.

interface Forwarding {
	reason: string;
	purpose?: EscalationPurpose;
	title?: string;
	institution?: string;
	consent?: true;
	by?: Part;
}

const inputOf = ({ reason, purpose = 'record', title, institution, consent }: Forwarding) => ({
	reason,
	purpose,
	...(title ? { title } : {}),
	...(institution ? { institution } : {}),
	...(consent ? { consent } : {})
});

export const forward = (ago: number, forwarding: Forwarding, fault?: Fault): Step => ({
	ago,
	act: async (stage) => {
		const actor = stage.actor(forwarding.by ?? 'handler');
		await stage.lapor.forward(actor, stage.reference, await stage.on(inputOf(forwarding)), fault);
	}
});

export const forwardByHand = (ago: number, forwarding: Forwarding): Step => ({
	ago,
	act: async (stage) => {
		const actor = stage.actor(forwarding.by ?? 'handler');
		await stage.lapor.forwardByHand(actor, stage.reference, await stage.on(inputOf(forwarding)));
	}
});

export const laporMoves = (ago: number, statusName: string, note: string): Step => ({
	ago,
	act: ({ lapor, caseId }) => lapor.moves(caseId, statusName, note)
});

export const laporSays = (ago: number, content: string, from: string, statusNew?: string): Step => ({
	ago,
	act: ({ lapor, caseId }) => lapor.says(caseId, content, from, statusNew)
});

/** LAPOR passes a report of ours back to the office, under the number it has there. */
export const laporPassesBack = (ago: number): Step => ({
	ago,
	act: async (stage) => {
		const actor = stage.actor('handler');
		const { row, unit } = await caseForActor(actor, stage.reference);
		const [sent] = await forwardsForActor(actor, stage.reference);
		if (!sent?.laporId) throw new Error('a report comes back from LAPOR that never came there');
		await receiveInbound(actor, {
			unit: unit.code,
			lapor_id: sent.laporId,
			received_on: localDate(now(), unit.timeZone),
			title: row.title,
			content: `${sent.reference}\n${row.body}`
		});
	}
});

/** The handler has written at LAPOR what the office answered. */
export const answerEntered = (ago: number): Step => ({
	ago,
	act: async (stage) => {
		const actor = stage.actor('handler');
		for (const { id, owed } of await inboundOfCase(actor, stage.reference)) if (owed) await enterAnswer(actor, id);
	}
});
