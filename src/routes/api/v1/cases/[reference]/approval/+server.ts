import { decideDraft } from '#lib/server/cases/answers/approve.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('decideDraft', decideDraft);
