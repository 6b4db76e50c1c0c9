import type { EscalationPurpose } from '#lib/cases/vocabulary.ts';
import type { Fault } from '#lib/server/demo/lapor-stage.ts';
import type { Part } from '#lib/server/demo/staff.ts';
import type { Step } from '#lib/server/demo/story.ts';

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
