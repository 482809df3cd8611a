(* Steps that lower a rank end: a rank is a list of numbers from zero, compared part by part (LQ-10). *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia Psatz Arith Wellfounded.
Import ListNotations.
Open Scope nat_scope.

Inductive lower : list nat -> list nat -> Prop :=
  | lower_here : forall a b l k, a < b -> length l = length k -> lower (a :: l) (b :: k)
  | lower_later : forall a l k, lower l k -> lower (a :: l) (a :: k).

Lemma lower_ranks_have_equal_lengths : forall l k, lower l k -> length l = length k.
Proof. intros l k H. induction H; simpl; lia. Qed.

Lemma every_rank_is_reached_by_ends : forall n l, length l = n -> Acc lower l.
Proof.
  induction n as [|n IH]; intros [|b l] H; simpl in H; try discriminate.
  - constructor. intros k K. inversion K.
  - injection H as H. revert l H.
    induction b as [b IHb] using (well_founded_induction lt_wf). intros l H.
    pose proof (IH l H) as A. induction A as [l _ IHl].
    constructor. intros k K. inversion K; subst.
    + apply IHb; [assumption|]. congruence.
    + apply IHl; [assumption|]. apply lower_ranks_have_equal_lengths. assumption.
Qed.

Theorem falling_ranks_end : well_founded lower.
Proof. intro l. exact (every_rank_is_reached_by_ends (length l) l eq_refl). Qed.

Theorem no_run_of_steps_that_lower_the_rank_is_endless :
  forall S (rank : S -> list nat) (run : nat -> S),
  ~ (forall i, lower (rank (run (1 + i))) (rank (run i))).
Proof.
  intros S rank run H.
  assert (E : forall l, Acc lower l -> forall i, rank (run i) = l -> False).
  { intros l A. induction A as [l _ IH]. intros i <-. exact (IH _ (H i) (1 + i) eq_refl). }
  exact (E _ (falling_ranks_end (rank (run 0))) 0 eq_refl).
Qed.

(* Ranks as numbers, the first part counting most, if each part stays within a bound. *)
Fixpoint span (bounds : list nat) : nat :=
  match bounds with [] => 1 | b :: bs => S b * span bs end.
Fixpoint number (bounds l : list nat) : nat :=
  match bounds, l with b :: bs, a :: r => a * span bs + number bs r | _, _ => 0 end.

Lemma a_number_is_within_its_span : forall bounds l, Forall2 le l bounds -> number bounds l < span bounds.
Proof. intros bounds l H. induction H; simpl; nia. Qed.

Lemma a_lower_rank_has_a_lower_number : forall bounds l k,
  Forall2 le l bounds -> Forall2 le k bounds -> lower l k -> number bounds l < number bounds k.
Proof.
  intros bounds l k H G L. revert bounds H G. induction L as [a b l k A E|a l k L IH]; intros bounds H G.
  - inversion H as [|? c ? bs Hc Hs]; subst. inversion G; subst. simpl.
    pose proof (a_number_is_within_its_span bs l Hs). nia.
  - inversion H as [|? c ? bs Hc Hs]; subst. inversion G; subst. simpl.
    specialize (IH bs Hs ltac:(assumption)). lia.
Qed.

Theorem a_run_has_fewer_steps_than_ranks_are_possible :
  forall S (rank : S -> list nat) (bounds : list nat) (run : nat -> S) (n : nat),
  (forall i, i <= n -> Forall2 le (rank (run i)) bounds) ->
  (forall i, i < n -> lower (rank (run (1 + i))) (rank (run i))) -> n < span bounds.
Proof.
  intros S rank bounds run n B H.
  assert (E : forall i, i <= n -> number bounds (rank (run i)) + i <= number bounds (rank (run 0))).
  { induction i as [|i IH]; intro L; [lia|].
    pose proof (a_lower_rank_has_a_lower_number bounds _ _ (B (1 + i) L) (B i ltac:(lia)) (H i L)).
    specialize (IH ltac:(lia)). simpl in *. lia. }
  pose proof (E n ltac:(lia)). pose proof (a_number_is_within_its_span bounds _ (B 0 ltac:(lia))). lia.
Qed.

(* Where a first part falls, whatever the parts after it become, the rank is lower. *)
Theorem a_first_part_that_falls_lowers_the_rank : forall before a b l k,
  a < b -> length l = length k -> lower (before ++ a :: l) (before ++ b :: k).
Proof. intros before a b l k H E. induction before; simpl; constructor; assumption. Qed.

(* A run of steps for an account: None is a payment of its own, Some r a step of row r of a table. *)
Fixpoint pays_once (run : list (option nat)) : Prop :=
  match run with
  | None :: ((None :: _) as rest) => False
  | _ :: rest => pays_once rest
  | [] => True
  end.
Fixpoint in_row (r : nat) (run : list (option nat)) : nat :=
  match run with
  | Some s :: rest => (if s =? r then 1 else 0) + in_row r rest
  | None :: rest => in_row r rest
  | [] => 0
  end.
Fixpoint in_rows (run : list (option nat)) : nat :=
  match run with Some _ :: rest => 1 + in_rows rest | None :: rest => in_rows rest | [] => 0 end.

Lemma payments_are_at_most_one_more : forall run, pays_once run -> length run <= 2 * in_rows run + 1.
Proof.
  assert (E : forall run, pays_once run ->
    length run <= 2 * in_rows run + match run with None :: _ => 1 | _ => 0 end \/
    (exists r rest, run = Some r :: rest /\ length run <= 2 * in_rows run)).
  { induction run as [|[r|] rest IH]; intro H.
    - left. simpl. lia.
    - right. exists r, rest. split; [reflexivity|]. simpl in H. specialize (IH H).
      simpl. destruct IH as [IH|(s & t & -> & IH)]; simpl in *; [destruct rest as [|[?|] ?]; simpl in *; lia | lia].
    - left. destruct rest as [|[r|] rest]; simpl in H; [simpl; lia | | contradiction].
      specialize (IH H). destruct IH as [IH|(s & t & E & IH)]; simpl in *; lia. }
  intros run H. destruct (E run H) as [L|(r & t & -> & L)]; simpl in *; [destruct run as [|[?|] ?]; simpl in *; lia | lia].
Qed.

Lemma one_more_in_a_row : forall f r n s, s <= r -> r < s + n ->
  list_sum (map (fun i => (if r =? i then 1 else 0) + f i) (seq s n)) = 1 + list_sum (map f (seq s n)).
Proof.
  intros f r n. induction n as [|n IH]; intros s L U; [lia|]. simpl.
  destruct (Nat.eqb_spec r s) as [->|N].
  - assert (E : forall k, list_sum (map (fun i => (if s =? i then 1 else 0) + f i) (seq (1 + s + k) n))
      = list_sum (map f (seq (1 + s + k) n))).
    { clear. induction n as [|n IH]; intro k; [reflexivity|]. simpl.
      destruct (Nat.eqb_spec s (S (s + k))); [lia|]. specialize (IH (S k)).
      replace (1 + s + S k) with (S (S (s + k))) in IH by lia. rewrite IH. reflexivity. }
    specialize (E 0). replace (1 + s + 0) with (S s) in E by lia. rewrite E. lia.
  - rewrite IH by lia. simpl. lia.
Qed.

Lemma each_step_is_in_its_row : forall n run, (forall r, In (Some r) run -> r < n) ->
  in_rows run = list_sum (map (fun r => in_row r run) (seq 0 n)).
Proof.
  intros n run. induction run as [|[s|] rest IH]; intro H; simpl.
  - induction (seq 0 n); simpl; congruence.
  - rewrite one_more_in_a_row; [|lia|simpl; apply H; left; reflexivity].
    rewrite IH; [reflexivity|]. intros r I. apply H. right. exact I.
  - apply IH. intros r I. apply H. right. exact I.
Qed.

Theorem a_run_has_at_most_the_steps_of_the_table :
  forall B P D V I run resolutions,
  let table := [1; 1; B; (P + D) * (2 + 2 * V); P; 6 * D] in
  pays_once run ->
  (forall r, In (Some r) run -> r < length table) ->
  (forall r, in_row r run <= nth r table 0) ->
  resolutions <= 1 + I ->
  length run + resolutions <= 2 * (2 + B + (P + D) * (2 + 2 * V) + P + 6 * D) + 2 + I.
Proof.
  intros B P D V I run resolutions table A L R Q.
  pose proof (payments_are_at_most_one_more run A) as H.
  rewrite (each_step_is_in_its_row 6 run L) in H. simpl in H.
  pose proof (R 0). pose proof (R 1). pose proof (R 2). pose proof (R 3). pose proof (R 4). pose proof (R 5).
  unfold table in *. simpl nth in *. lia.
Qed.
Open Scope Z_scope.

(* What is left of a position, or of a debt, after a step on the book that is filled completely (LQ-4). *)
Definition left_after (fraction minimum size : Z) : Z := size - liquidation_step_size size fraction minimum.
Definition left_after_steps (fraction minimum size : Z) (n : nat) : Z :=
  Nat.iter n (left_after fraction minimum) size.

Lemma a_step_leaves_nothing_or_its_part : forall fraction minimum size,
  0 <= size -> 1 <= minimum -> 0 <= fraction <= numbers_RATIO ->
  let left := left_after fraction minimum size in
  0 <= left /\ left * numbers_RATIO <= size * (numbers_RATIO - fraction) /\ (left = 0 \/ minimum <= left).
Proof.
  intros f m s Hs Hm Hf. unfold left_after, liquidation_step_size. cbv zeta.
  assert (R : 0 < numbers_RATIO) by reflexivity.
  assert (U : s * f <= numbers_mul_div_up s f numbers_RATIO * numbers_RATIO).
  { unfold numbers_mul_div_up, numbers_div_up. pose proof (Z.mul_div_le (- (s * f)) numbers_RATIO R). nia. }
  destruct (Z.ltb_spec (s - Z.max (numbers_mul_div_up s f numbers_RATIO) m) m) as [H|H].
  - rewrite Z.sub_diag. split; [lia|]. split; [nia | left; reflexivity].
  - pose proof (Z.le_max_l (numbers_mul_div_up s f numbers_RATIO) m).
    split; [lia|]. split; [nia | right; exact H].
Qed.

Theorem a_position_is_gone_after_the_steps_that_are_counted : forall fraction minimum size n,
  0 <= size -> 1 <= minimum -> 0 <= fraction <= numbers_RATIO ->
  size * (numbers_RATIO - fraction) ^ Z.of_nat n < minimum * numbers_RATIO ^ Z.of_nat n ->
  left_after_steps fraction minimum size (S n) = 0.
Proof.
  intros f m s n Hs Hm Hf Hn.
  assert (R : 0 < numbers_RATIO) by reflexivity.
  assert (I : forall k, let left := left_after_steps f m s k in
    0 <= left /\ left * numbers_RATIO ^ Z.of_nat k <= s * (numbers_RATIO - f) ^ Z.of_nat k).
  { induction k as [|k [P Q]]; [unfold left_after_steps; simpl; lia|].
    unfold left_after_steps in *. rewrite Nat2Z.inj_succ, !Z.pow_succ_r by lia. simpl Nat.iter.
    set (l := Nat.iter k (left_after f m) s) in *.
    destruct (a_step_leaves_nothing_or_its_part f m l P Hm Hf) as (A & B & _).
    split; [exact A|].
    assert (0 <= numbers_RATIO ^ Z.of_nat k) by (apply Z.pow_nonneg; lia).
    apply Z.le_trans with (l * (numbers_RATIO - f) * numbers_RATIO ^ Z.of_nat k); nia. }
  destruct (I n) as [P Q]. unfold left_after_steps in *. simpl Nat.iter.
  set (l := Nat.iter n (left_after f m) s) in *.
  destruct (a_step_leaves_nothing_or_its_part f m l P Hm Hf) as (A & B & [C|C]); [exact C|].
  assert (0 < numbers_RATIO ^ Z.of_nat n) by (apply Z.pow_pos_nonneg; lia).
  assert (l < m) by nia.
  assert (left_after f m l <= l).
  { assert (0 <= liquidation_step_size l f m); [|unfold left_after; lia].
    unfold liquidation_step_size. cbv zeta. destruct (_ <? m); lia. }
  lia.
Qed.
