import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';

export const actions = {
	default: (event) => receiveForTrack(event, (caseId, { data }) => scoreAnswer(caseId, data))
};
