import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('verifyCase', verifyCase);
