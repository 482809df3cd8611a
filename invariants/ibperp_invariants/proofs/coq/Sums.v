(* Sums over lists, one entry replaced, and laws that every step of a run keeps. *)
Require Import ZArith List Lia.
Import ListNotations.
Open Scope Z_scope.

Definition total (l : list Z) : Z := fold_right Z.add 0 l.
Definition sum {A} (f : A -> Z) (l : list A) : Z := total (map f l).

Fixpoint update {A} (l : list A) (i : nat) (x : A) : list A :=
  match l, i with
  | [], _ => []
  | _ :: rest, O => x :: rest
  | a :: rest, S j => a :: update rest j x
  end.

Theorem one_entry_changes_the_sum_by_its_change : forall A (f : A -> Z) l i a x,
  nth_error l i = Some a -> sum f (update l i x) = sum f l - f a + f x.
Proof.
  intros A f l. induction l as [|b l IH]; intros [|i] a x H; simpl in H; try discriminate.
  - injection H as ->. unfold sum; simpl. lia.
  - unfold sum in *; simpl. rewrite (IH i a x H). lia.
Qed.

Lemma updated_entries_are_old_or_new : forall A (P : A -> Prop) l i x,
  Forall P l -> P x -> Forall P (update l i x).
Proof.
  intros A P l. induction l as [|b l IH]; intros [|i] x H Hx; simpl; auto;
    inversion H; subst; constructor; auto.
Qed.

Lemma an_entry_has_what_all_have : forall A (P : A -> Prop) l i a,
  Forall P l -> nth_error l i = Some a -> P a.
Proof.
  intros A P l i a H E. apply nth_error_In in E. rewrite Forall_forall in H. auto.
Qed.

Lemma sum_of_one_more : forall A (f : A -> Z) l x, sum f (l ++ [x]) = sum f l + f x.
Proof.
  intros A f l x. unfold sum. rewrite map_app. induction l as [|a l IH]; simpl in *; lia.
Qed.

Lemma sum_of_two_functions : forall A (f g h : A -> Z) l,
  (forall a, h a = f a + g a) -> sum h l = sum f l + sum g l.
Proof.
  intros A f g h l H. unfold sum. induction l as [|a l IH]; simpl; [lia|].
  rewrite IH, H. lia.
Qed.

Lemma sum_of_a_multiple : forall A (f g : A -> Z) k l,
  (forall a, g a = k * f a) -> sum g l = k * sum f l.
Proof.
  intros A f g k l H. unfold sum. induction l as [|a l IH]; simpl; [lia|].
  rewrite IH, H. lia.
Qed.

Lemma a_sum_of_nothing_below_zero : forall A (f : A -> Z) l,
  Forall (fun a => 0 <= f a) l -> 0 <= sum f l.
Proof.
  intros A f l H. unfold sum. induction H; simpl; lia.
Qed.

Lemma an_entry_is_within_the_sum : forall A (f : A -> Z) l i a,
  Forall (fun b => 0 <= f b) l -> nth_error l i = Some a -> f a <= sum f l.
Proof.
  intros A f l. induction l as [|b l IH]; intros [|i] a H E; simpl in E; try discriminate;
    inversion H; subst.
  - injection E as ->. pose proof (a_sum_of_nothing_below_zero A f l H3). unfold sum in *; simpl. lia.
  - pose proof (IH i a H3 E). unfold sum in *; simpl. lia.
Qed.

Theorem a_law_that_each_step_keeps_holds_after_any_run :
  forall S X (act : S -> X -> S) (law : S -> Prop),
  (forall s x, law s -> law (act s x)) -> forall run s, law s -> law (fold_left act run s).
Proof. intros S X act law H run. induction run as [|x run IH]; intros s Hs; simpl; auto. Qed.
