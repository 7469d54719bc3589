import { expect, test } from '@jest/globals';
import { render, screen } from '@testing-library/react';
import { VideoTile } from '../../../client/call/VideoTile.tsx';

const words = { speakingLabel: '正在讲话', noPictureLabel: '无画面' };

test('a person without a picture is shown by name, place and state, in words', () => {
  render(<VideoTile {...words} track={null} name="乡镇医生" detail="梅岭镇卫生院" speaking mutedLabel={null} />);
  const tile = screen.getByRole('figure', { name: '乡镇医生' });
  expect(tile.textContent).toContain('梅岭镇卫生院');
  expect(tile.textContent).toContain('无画面');
  expect(tile.textContent).toContain('正在讲话');
  expect(tile.querySelector('video')).toBeNull();
});

test('a switched-off microphone is written on the tile, and silence says nothing', () => {
  const { rerender } = render(<VideoTile {...words} track={null} name="A" mutedLabel="已静音" />);
  expect(screen.getByRole('figure').textContent).toContain('已静音');
  rerender(<VideoTile {...words} track={null} name="A" mutedLabel={null} />);
  expect(screen.getByRole('figure').textContent).not.toContain('已静音');
  expect(screen.getByRole('figure').textContent).not.toContain('正在讲话');
});

test('a tile carries its own buttons', () => {
  render(
    <VideoTile {...words} track={null} name="A" mutedLabel={null}>
      <button type="button">放大</button>
    </VideoTile>,
  );
  expect(screen.getByRole('button', { name: '放大' })).toBeTruthy();
});
