import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('decideDraft', decideDraft);
