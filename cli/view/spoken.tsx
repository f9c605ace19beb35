/**
 * For a screen reader: a line as each thing happens, never taken back; at the bottom what is asked, while something is.
 */
import { Text, useStdout } from 'ink';
import { useEffect, useRef } from 'react';
import { promptText, spokenSince } from './spoken.ts';
import { INITIAL_STATE, type ViewState } from './state/state.ts';

export function Spoken({ state }: { readonly state: ViewState }) {
  const { write } = useStdout();
  const said = useRef(INITIAL_STATE);
  useEffect(() => {
    const lines = spokenSince(said.current, state);
    said.current = state;
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
  }, [state, write]);
  const asked = promptText(state);
  return asked === undefined ? null : <Text>{asked}</Text>;
}
