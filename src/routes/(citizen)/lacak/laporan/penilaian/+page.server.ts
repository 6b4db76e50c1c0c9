import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';

export const load = async ({ parent }) => {
	const { may } = (await parent()).report;
	return { formId: may.score ? 'isian' : undefined };
};

export const actions = {
	default: (event) => receiveForTrack(event, (caseId, { data }) => scoreAnswer(caseId, data))
};
