import { Progress, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { startSession } from '../../kit/session';
import { applyLookOf } from '../../kit/theme';
import { Outside } from '../../kit/Outside';
import { IspStep } from './IspStep';
import { PlanStep } from './PlanStep';
import { ThemeStep } from './ThemeStep';
import { UserStep } from './UserStep';

export type Begun = Schemas['OnboardingView'];
export interface StepProps {
  /** What the answers are sent with; it opens nothing but this onboarding. */
  headers: { Authorization: string };
  begun: Begun;
  onSaved: (begun: Begun) => void;
}

const STEPS = ['user', 'isp', 'theme', 'plan'] as const;

/** Each step is saved; the one to do next is the API's to say. */
export function Onboarding({ token, begun }: { token: string; begun: Begun }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [present, setPresent] = useState(begun);
  const step = present.step === 'finished' ? 'plan' : present.step;
  const number = STEPS.indexOf(step) + 1;
  const props: StepProps = { headers: { Authorization: `Bearer ${token}` }, begun: present, onSaved: setPresent };
  const finish = async (tokens: Schemas['TokensView']) => {
    startSession(tokens);
    await applyLookOf(present.isp?.namespace ?? '');
    await navigate({ to: '/', search: {} });
  };
  return (
    <Outside wide title={t(`onboarding.${step}`)} text={t(`onboarding.${step}_text`)}>
      <Text size="xs" c="dimmed" mb={4}>{t('onboarding.step', { n: number, of: STEPS.length })}</Text>
      <Progress value={(number / STEPS.length) * 100} size="sm" mb="lg" aria-label={t('onboarding.progress')} />
      {step === 'user' && <UserStep {...props} />}
      {step === 'isp' && <IspStep {...props} />}
      {step === 'theme' && <ThemeStep {...props} />}
      {step === 'plan' && <PlanStep {...props} onFinished={finish} />}
    </Outside>
  );
}
